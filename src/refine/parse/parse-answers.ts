import type { FinalRow } from '../../audit/final-row.ts';
import { GATES } from '../answer-record.ts';
import type { RecordFiles } from '../record-files.ts';
import type { ParsedBatch, ParseSummary } from '../summary.ts';
import { textsOf } from './flags.ts';
import { createLanguageGate } from './languages.ts';
import { countLines, openLines } from './lines.ts';
import { NO_PROMPT, readPrompt } from './prompt.ts';
import { readBest, type AnswerText, type ParsedAnswer } from './read-answer.ts';
import type { RecordKind } from './record-kind.ts';
import { createRecordWriter, type GateSample, type ReadRow } from './record-writer.ts';
import type { UnparsedReason } from './unparsed.ts';

export interface ParseOptions {
  readonly kind: RecordKind;
  /** Path of the schema file, of records of the user's own kind. */
  readonly schema: string | undefined;
  /** Fields to compare and embed, where the user names them. */
  readonly fields: readonly string[] | undefined;
  /** ISO 639-3, or `any`; `undefined`: what most records are in. */
  readonly language: string | undefined;
  /** Records that an answer should hold; `undefined`: what its prompt says. */
  readonly perAnswer: number | undefined;
  /** Count, and write nothing. */
  readonly isDry: boolean;
}

/** Something that came for a request, or may yet come. */
export interface AnsweredRow {
  readonly row: FinalRow;
  /** The answer that counts and then the others, from the newest; none where none came. */
  readonly answers: Iterable<AnswerText>;
}

export interface ParseOutcome {
  readonly summary: ParseSummary;
  readonly samples: readonly GateSample[];
  readonly reasons: ReadonlyMap<UnparsedReason, number>;
}

/** Turns answers into records, in the order in which they are given. */
export interface AnswerParser {
  take(rows: readonly AnsweredRow[]): Promise<void>;
  /** Counts requests that nothing on disk speaks of. */
  addWithout(batch: number, requests: number): void;
  /** Publishes the records. @throws {BatchSubmitError} `E_DISK` */
  finish(): Promise<ParseOutcome>;
  discard(): Promise<void>;
}

/** Answers are held back until so many have had a say in what language is expected. */
const MOST_WAITING = 50;

/** @throws {BatchSubmitError} `E_DISK`, as do its methods */
export async function openParser(files: RecordFiles, options: ParseOptions): Promise<AnswerParser> {
  const { kind, perAnswer, schema, isDry } = options;
  const open = async (path: string) => (isDry ? countLines() : await openLines(path));
  const records = await open(files.records);
  const unparsed = await open(files.unparsed);
  const languages = createLanguageGate(options.language);
  const writer = createRecordWriter({ records, unparsed }, kind, languages, perAnswer);
  const batches = createBatchCounts();
  let waiting: ReadRow[] = [];

  const writeWaiting = async (): Promise<void> => {
    const ready = waiting;
    waiting = [];
    for (const read of ready) await writer.write(read);
  };
  return {
    async take(rows) {
      for (const { row, answers } of rows) {
        const answer = readBest(answers, kind);
        if (answer === undefined || isNothing(row, answer)) {
          batches.add(row.batch, 'without', 1);
          continue;
        }
        const found = answer.records.length;
        batches.add(row.batch, found > 0 ? 'parsed' : 'unparsable', 1);
        batches.addRecords(row.batch, found);
        for (const { value } of answer.records) languages.hear(textsOf(value, kind).join('\n'));
        const prompt = row.request === undefined ? NO_PROMPT : readPrompt(row.request.bytes, kind);
        waiting.push({ row, answer, prompt });
        if (waiting.length >= MOST_WAITING) languages.decide();
        if (languages.isDecided || waiting.length >= MOST_WAITING) await writeWaiting();
      }
    },
    addWithout: (batch, requests) => batches.add(batch, 'without', requests),
    async finish() {
      languages.decide();
      await writeWaiting();
      await writer.finish();
      const all = batches.all();
      const sum = (name: Fate): number => all.reduce((total, counts) => total + counts[name], 0);
      const [parsed, unparsable, without] = [sum('parsed'), sum('unparsable'), sum('without')];
      const summary: ParseSummary = {
        records: await records.publish(),
        kind: kind.name,
        schema,
        properties: kind.properties,
        fields: options.fields ?? kind.fields,
        requests: { planned: parsed + unparsable + without, parsed, unparsable, without },
        batches: all,
        language: languages.expected,
        unparsed: (await unparsed.publish()).count,
        gates: Object.fromEntries(
          GATES.flatMap((gate) => {
            const count = writer.gates.get(gate);
            return count === undefined ? [] : [[gate, count]];
          }),
        ),
      };
      return { summary, samples: writer.samples, reasons: writer.reasons };
    },
    async discard() {
      await records.discard();
      await unparsed.discard();
    },
  };
}

/** An error or a refusal is no answer; the audit says of it what there is to say. */
function isNothing({ judgement }: FinalRow, answer: ParsedAnswer): boolean {
  return judgement?.kind !== 'answered' && !answer.hasText;
}

type Fate = 'parsed' | 'unparsable' | 'without';

interface BatchCounts {
  add(batch: number, fate: Fate, requests: number): void;
  addRecords(batch: number, records: number): void;
  all(): readonly ParsedBatch[];
}

function createBatchCounts(): BatchCounts {
  const batches = new Map<number, ParsedBatch>();
  const of = (batch: number): ParsedBatch =>
    batches.get(batch) ?? { batch, planned: 0, parsed: 0, unparsable: 0, without: 0, records: 0 };
  return {
    add(batch, fate, requests) {
      const counts = of(batch);
      const planned = counts.planned + requests;
      if (requests > 0) batches.set(batch, { ...counts, planned, [fate]: counts[fate] + requests });
    },
    addRecords(batch, records) {
      const counts = of(batch);
      batches.set(batch, { ...counts, records: counts.records + records });
    },
    all: () => [...batches.values()],
  };
}
