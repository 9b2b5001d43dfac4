import { FIRST_ROW_RETRY } from '../../model/batch-set.ts';
import { estimateTokens } from '../../model/file-limits.ts';
import { stopFor } from '../../model/stop.ts';
import {
  askForTexts,
  countEmbedded,
  type AskedTexts,
  type TextsAndVectors,
} from '../../refine/embed/ask-for-texts.ts';
import { refuseOtherSpace, workFolderAt } from '../../refine/embed/work-folder.ts';
import { recordFilesIn, type RecordFiles } from '../../refine/record-files.ts';
import { readParsed, saveSection } from '../../refine/summary.ts';
import { openVectors, type Vectors } from '../../refine/vectors.ts';
import type { CommandHandler } from '../command-spec.ts';
import { deskIn, hintedAt } from '../desk-in.ts';
import { withDesk, type Desk } from '../desk.ts';
import { EXIT } from '../exit-codes.ts';
import { inRecords } from '../in-records.ts';
import { hasFlag } from '../invocation.ts';
import { pricesFor } from './conclude.ts';
import { runEmbedding, type EmbeddedBatches } from './embed-batches.ts';
import { embedInline, refuseManyInline } from './embed-inline.ts';
import { describeEmbedding, type Embedding, noteEmbedding } from './embed-view.ts';
import { embedWish, type EmbedWish } from './embed-wish.ts';

/** `batch-submit embed`: gives each text of the records a vector, through batches of their own. */
export const embedCommand: CommandHandler = (invocation) => withDesk(invocation, embed);

async function embed(desk: Desk): Promise<number> {
  const { settings } = desk.settings;
  const wish = embedWish(desk.invocation, settings);
  if (hasFlag(desk.invocation, 'dry-run'))
    return await planEmbedding(desk, recordFilesIn(settings.records), wish);
  return await inRecords(desk, (files) => embedRecords(desk, files, wish));
}

async function planEmbedding(desk: Desk, files: RecordFiles, wish: EmbedWish): Promise<number> {
  const texts = await openTexts(files, wish, 'read');
  try {
    const asked = await ask(desk, texts, wish, true);
    desk.printer.result(describeEmbedding(embeddingOf(desk, texts, wish, asked), await pricesFor(desk)));
    return EXIT.ok;
  } finally {
    await texts.vectors?.close();
  }
}

async function embedRecords(desk: Desk, files: RecordFiles, wish: EmbedWish): Promise<number> {
  // A fault in the file of prices is better known before anything is spent.
  const prices = await pricesFor(desk);
  const texts = await openTexts(files, wish, 'write');
  const { vectors, summary } = texts;
  if (vectors === undefined) throw new Error('vectors that are to be written are always opened');
  try {
    const asked = await ask(desk, texts, wish, false);
    if (asked.inline.length > 0) {
      await embedInline(desk, vectors, asked.inline).catch((error: unknown) => {
        throw hintedAt(files.embedding, error);
      });
    }
    const isOpen = asked.made.files + asked.before > 0;
    const batches = isOpen ? await runBatches(desk, files, vectors) : undefined;
    const found = await countEmbedded(texts, desk.signal);
    const embedding = { ...embeddingOf(desk, texts, wish, asked), ...found };
    const { fields, embedded } = embedding;
    const { wanted } = asked.counts;
    const recordsSha256 = summary.parse.records.sha256;
    await saveSection(files.summary, 'embed', { recordsSha256, ...wish.space, fields, wanted, embedded });
    if (batches?.stoppedBy !== undefined) throw hintedAt(files.embedding, batches.stoppedBy);
    desk.printer.result(describeEmbedding(embedding, prices));
    noteEmbedding(desk, { embedding, prices, batches, folder: files.embedding });
    return embedded === wanted ? EXIT.ok : batches?.exitCode || EXIT.someFailed;
  } finally {
    await vectors.close();
  }
}

async function openTexts(
  files: RecordFiles,
  { space, fields, takesMerged }: EmbedWish,
  mode: 'read' | 'write',
): Promise<TextsAndVectors> {
  const summary = await readParsed(files.summary);
  await refuseOtherSpace(workFolderAt(files.embedding), space);
  const choice = { fields: fields ?? summary.parse.fields, takesMerged };
  return { files, summary, choice, vectors: await openVectors(files.vectors, space, mode) };
}

async function ask(
  desk: Desk,
  texts: TextsAndVectors,
  { space, limits, isInline }: EmbedWish,
  isDry: boolean,
): Promise<AskedTexts> {
  const onInline = isInline ? refuseManyInline : undefined;
  const onFirst = async (): Promise<number> => {
    const { folder, state } = workFolderAt(texts.files.embedding);
    const loaded = await deskIn(desk, folder, { state }).loadState();
    // Batches for a model that is not there would stand in the way of those for the right one.
    if (loaded === undefined && !isDry) await checkModel(desk, space.model, texts.files.embedding);
    return lastBatchOf(loaded);
  };
  return await askForTexts(texts, { space, limits, isDry, onInline, onFirst }, desk.signal);
}

async function checkModel(desk: Desk, model: string, folder: string): Promise<void> {
  const service = await desk.service();
  try {
    const checked = await service.checkModel(model, desk.signal);
    if (!checked.ok) throw hintedAt(folder, stopFor(checked.failure, `embed with "${model}"`));
  } finally {
    await service.close?.();
  }
}

function lastBatchOf(loaded: Awaited<ReturnType<Desk['loadState']>>): number {
  const numbers = [...(loaded?.state.batches.keys() ?? [])].filter((batch) => batch < FIRST_ROW_RETRY);
  return numbers.reduce((last, batch) => Math.max(last, batch), 0);
}

async function runBatches(desk: Desk, files: RecordFiles, vectors: Vectors): Promise<EmbeddedBatches> {
  const { folder, batches: input, results: output, state, log, report } = workFolderAt(files.embedding);
  const { model } = vectors.space;
  const inner = deskIn(desk, folder, {
    input,
    output,
    state,
    log,
    report,
    model,
    pattern: undefined,
    displayName: undefined,
  });
  return await runEmbedding(inner, vectors).catch((error: unknown) => {
    throw hintedAt(files.embedding, error);
  });
}

function embeddingOf(
  desk: Desk,
  { choice }: TextsAndVectors,
  { space, isInline }: EmbedWish,
  { counts, embedded, made, inline, before }: AskedTexts,
): Embedding {
  const inlineLength = inline.reduce((total, { text }) => total + Buffer.byteLength(text), 0);
  return {
    isDry: hasFlag(desk.invocation, 'dry-run'),
    isInline,
    space,
    fields: choice.fields,
    counts,
    embedded,
    without: [],
    texts: made.lines + inline.length,
    batches: made.files,
    estimatedTokens: estimateTokens(made.textLength + inlineLength),
    askedBefore: before,
    on: desk.invocation.io.clock.now().toISOString(),
  };
}
