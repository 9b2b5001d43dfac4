import { createHash } from 'node:crypto';
import type { FinalRow } from '../../audit/final-row.ts';
import { textOf, type AnswerRecord, type Gate } from '../answer-record.ts';
import { flagsOf } from './flags.ts';
import type { LanguageGate } from './languages.ts';
import type { Lines } from './lines.ts';
import type { Prompt } from './prompt.ts';
import type { ParsedAnswer } from './read-answer.ts';
import type { RecordKind } from './record-kind.ts';
import { createRepeats } from './repeats.ts';
import type { Unparsed, UnparsedReason } from './unparsed.ts';

/** An answer that was read, with the request that it belongs to. */
export interface ReadRow {
  readonly row: FinalRow;
  readonly answer: ParsedAnswer;
  readonly prompt: Prompt;
}

export interface RecordWriter {
  /** Writes the records of one answer, and what of it is none. */
  write(read: ReadRow): Promise<void>;
  /** To be called once all are written: flags what only shows in all of them. */
  finish(): Promise<void>;
  /** How often each gate tripped. */
  readonly gates: ReadonlyMap<Gate, number>;
  /** The first few of each gate. */
  readonly samples: readonly GateSample[];
  /** How often each reason is listed in `unparsed.jsonl`. */
  readonly reasons: ReadonlyMap<UnparsedReason, number>;
}

/** Something that a gate holds up, for a person to look at. */
export interface GateSample {
  readonly gate: Gate;
  /** Of the record; for `count` the batch and the line of the request. */
  readonly id: string;
  /** The texts of the record as they came, shortened; for `count` what was wanted and what came. */
  readonly text: string;
}

const SAMPLES = 3;
const SAMPLE_LENGTH = 200;

/** @param perAnswer records that each answer should hold, whatever its prompt says */
export function createRecordWriter(
  files: { readonly records: Lines; readonly unparsed: Lines },
  kind: RecordKind,
  languages: LanguageGate,
  perAnswer: number | undefined,
): RecordWriter {
  const repeats = createRepeats(kind);
  const gates = new Map<Gate, number>();
  const samples: GateSample[] = [];
  const reasons = new Map<UnparsedReason, number>();
  const trip = (gate: Gate, id: string, text: () => string): void => {
    const tripped = (gates.get(gate) ?? 0) + 1;
    gates.set(gate, tripped);
    if (tripped <= SAMPLES) samples.push({ gate, id, text: text().slice(0, SAMPLE_LENGTH) });
  };
  const list = async (
    { row, answer }: ReadRow,
    reason: UnparsedReason,
    more: Partial<Unparsed> = {},
  ): Promise<void> => {
    const { batch, line, key = null, tries } = row;
    const entry: Unparsed = { batch, line, key, attempt: answer.attempt, tries, reason, ...more };
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    await files.unparsed.add(JSON.stringify(entry));
  };
  return {
    gates,
    samples,
    reasons,
    async write(read) {
      const { answer, prompt } = read;
      for (const record of recordsOf(read, kind, languages)) {
        repeats.add(record.value, record.flags.includes('placeholder'));
        for (const flag of record.flags) trip(flag, record.id, () => textOf(record, kind.fields));
        await files.records.add(JSON.stringify(record));
      }
      for (const { position, problem } of answer.bad) {
        await list(read, 'invalid', { position, message: problem });
      }
      const reason = reasonOf(answer);
      if (reason !== undefined) await list(read, reason);
      const wanted = perAnswer === undefined ? prompt.wanted : [perAnswer];
      const got = answer.records.length;
      if (got === 0 || wanted[0] === undefined || wanted.includes(got)) return;
      trip(
        'count',
        `${read.row.batch}-${nameOf(read.row)}`,
        () => `${wanted.join(' or ')} wanted, ${got} came`,
      );
      await list(read, 'count', { wanted: wanted[0], got });
    },
    async finish() {
      const repeated = repeats.count();
      if (repeated === 0) return;
      let found = 0;
      await files.records.revise((record) => {
        if (record.flags.includes('placeholder') || !repeats.isRepeated(record.value)) return record;
        found += 1;
        trip('placeholder', record.id, () => textOf(record, kind.fields));
        return { ...record, flags: ['placeholder', ...record.flags.filter((flag) => flag !== 'short')] };
      });
      // A plan has no records to go over.
      if (found === 0) gates.set('placeholder', (gates.get('placeholder') ?? 0) + repeated);
    },
  };
}

function* recordsOf(
  { row, answer, prompt }: ReadRow,
  kind: RecordKind,
  languages: LanguageGate,
): Generator<AnswerRecord> {
  const { batch, line, key = null } = row;
  const { attempt, records, isCut } = answer;
  const last = records.at(-1);
  for (const item of records) {
    const { position, value } = item;
    const source = prompt.sourceOf(value['pair_id'] ?? value['id']);
    yield {
      id: `${batch}-${nameOf(row)}-${position}`,
      batch,
      line,
      key,
      attempt,
      position,
      ...(isCut && item === last ? { isCut: true } : {}),
      flags: flagsOf(value, source, kind, languages),
      value,
      ...(source === undefined ? {} : { source }),
    };
  }
}

function reasonOf({ records, bad, isCut, hasText, hasJson }: ParsedAnswer): UnparsedReason | undefined {
  if (!hasText) return 'no_text';
  if (!hasJson) return 'no_json';
  if (isCut) return 'cut';
  return records.length + bad.length === 0 ? 'no_records' : undefined;
}

/** The line says it; without the input the key does, and without both the place of the answer. */
function nameOf({ line, key, place }: FinalRow): string {
  if (line !== null) return String(line);
  if (key === undefined) return `r${place?.resultLine ?? 0}`;
  return `k${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
}
