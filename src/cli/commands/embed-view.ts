import type { Body } from '../../documents/body.ts';
import type { EmbeddingDocument } from '../../documents/embedding.ts';
import { NO_USAGE } from '../../model/answer.ts';
import { costOf, type PriceTable } from '../../model/prices.ts';
import type { TextCounts } from '../../refine/embed/texts-of-records.ts';
import { describeSpace } from '../../refine/embed/work-folder.ts';
import type { VectorSpace } from '../../refine/vectors.ts';
import { plainText } from '../../report/text.ts';
import { inFolder } from '../desk-in.ts';
import type { Desk } from '../desk.ts';
import { isStep } from '../invocation.ts';
import type { ResultDocument } from '../output/printer.ts';
import type { EmbeddedBatches } from './embed-batches.ts';
import { nextCommand, plural } from './run-summary.ts';

/** What an embedding came to, or would. */
export interface Embedding {
  readonly isDry: boolean;
  readonly isInline: boolean;
  readonly space: VectorSpace;
  readonly fields: readonly string[];
  readonly counts: TextCounts;
  /** Records whose text has a vector. */
  readonly embedded: number;
  /** The first records that have none. */
  readonly without: readonly string[];
  /** Asked for in this run. */
  readonly texts: number;
  readonly batches: number;
  readonly estimatedTokens: number;
  /** Texts without a vector in batches of an earlier run. */
  readonly askedBefore: number;
  /** ISO 8601, for prices that change. */
  readonly on: string;
}

/** The embedding in its three forms. Only the plan is a result: of the rest the events speak. */
export function describeEmbedding(embedding: Embedding, prices: PriceTable): ResultDocument {
  const { isDry, space, fields, counts, embedded, texts, batches, estimatedTokens } = embedding;
  const { currency, amount } = costFor(embedding, prices);
  const json = {
    dryRun: isDry,
    model: space.model,
    taskType: space.taskType ?? null,
    dimensions: space.dimensions,
    fields,
    ...counts,
    embedded,
    asked: { texts, batches, estimatedTokens, cost: amount, currency },
    askedBefore: embedding.askedBefore,
    without: embedding.without,
  } satisfies Body<EmbeddingDocument>;
  if (!isDry) return { lines: [], records: [], json };
  return {
    lines: [
      `  Records    ${recordsText(counts)}, ${embedded} with a vector already`,
      `  Vectors    ${describeSpace(space)}, of ${fields.join(' and ')}`,
      ...(embedding.askedBefore === 0
        ? []
        : [`  Under way  ${plural(embedding.askedBefore, 'text', 'texts')} in batches of an earlier run`]),
      `Would ask for ${plural(texts, 'text', 'texts')} in ${wayText(embedding)}, ${spendText(embedding, prices)}. Nothing was sent.`,
    ],
    records: [['asked', texts, batches, estimatedTokens, amount ?? '']],
    json,
  };
}

interface Told {
  readonly embedding: Embedding;
  readonly prices: PriceTable;
  readonly batches: EmbeddedBatches | undefined;
  /** Of the batches, as the user names it. */
  readonly folder: string;
}

/** Says how it ended, and what to do next. */
export function noteEmbedding(
  { invocation, printer }: Desk,
  { embedding, prices, batches, folder }: Told,
): void {
  const { counts, embedded, space, texts } = embedding;
  const missing = counts.wanted - embedded;
  printer.note(`\nEmbedded ${embedded} of ${plural(counts.wanted, 'record', 'records')}`);
  printer.note(`  Records    ${recordsText(counts)}`);
  printer.note(`  Vectors    ${describeSpace(space)}`);
  if (texts > 0) {
    printer.note(
      `  Asked      ${plural(texts, 'text', 'texts')} in ${wayText(embedding)}, ${spendText(embedding, prices)}`,
    );
  }
  if (batches !== undefined) printer.note(`  Batches    ${folder}   \`${inFolder(folder)} status\``);
  for (const { batch, line, message, kind } of (batches?.defects ?? []).slice(0, DEFECTS_SHOWN)) {
    printer.note(`! batch ${batch}${line === null ? '' : ` line ${line}`}: ${plainText(message ?? kind)}`);
  }
  if (missing > 0) {
    const more = missing > embedding.without.length ? ', …' : '';
    printer.note(
      `! ${plural(missing, 'record has', 'records have')} no vector: ${embedding.without.join(', ')}${more}`,
    );
  }
  // On the way to an import, only what stands in its way is to be told.
  if (missing > 0 || !isStep(invocation)) printer.note(`\nNext: ${nextFor(missing, batches, folder)}`);
}

const DEFECTS_SHOWN = 5;

/** Embedding again does what most of the commands would do that help a run; the others are for the user to decide on. */
function nextFor(missing: number, batches: EmbeddedBatches | undefined, folder: string): string {
  if (missing === 0) return 'batch-submit import     into a database, with the vectors';
  const next = batches === undefined ? undefined : nextCommand(batches.standing);
  const forUser = /^batch-submit (cancel|report|retry --status)\b(.*)$/.exec(next ?? '');
  if (forUser !== null) return `${inFolder(folder)} ${forUser[1]}${forUser[2]}`;
  return 'batch-submit embed      wait for what is under way, and ask again for what failed';
}

function recordsText({ wanted, merged, withoutText }: TextCounts): string {
  return [
    `${wanted} to be embedded`,
    ...(merged > 0 ? [`${merged} merged into others`] : []),
    ...(withoutText > 0 ? [`${withoutText} without text`] : []),
  ].join(', ');
}

function wayText({ isInline, texts, batches }: Embedding): string {
  if (!isInline || texts === 0) return plural(batches, 'batch', 'batches');
  return 'calls that are answered at once';
}

function spendText(embedding: Embedding, prices: PriceTable): string {
  const { amount, currency, prices_as_of: asOf } = costFor(embedding, prices);
  const tokens = `about ${embedding.estimatedTokens} tokens`;
  return amount === null ? tokens : `${tokens}, about ${amount} ${currency} at prices of ${asOf}`;
}

/** Half of the price is for batches alone. */
const INLINE_FACTOR = 2;

function costFor(
  { space, texts, estimatedTokens, isInline, on }: Embedding,
  prices: PriceTable,
): { readonly amount: number | null; readonly currency: string; readonly prices_as_of: string } {
  const usage = { ...NO_USAGE, prompt: estimatedTokens };
  const cost = costOf([{ model: space.model, usage, requests: texts }], prices, on);
  const amount = cost.amount === null ? null : cost.amount * (isInline ? INLINE_FACTOR : 1);
  return { ...cost, amount };
}
