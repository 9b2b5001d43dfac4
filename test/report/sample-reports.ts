import type { RequestCounts } from '../../src/model/request-counts.ts';
import { NO_USAGE, type Defect, type DefectKind, type Usage } from '../../src/model/answer.ts';
import { foldBatches } from '../../src/model/batch-set.ts';
import { BUILT_IN_PRICES, costOf, type PricedUse } from '../../src/model/prices.ts';
import type {
  FinalReport,
  ReportedBatch,
  ReportedTokens,
  ReportedWave,
} from '../../src/report/final-report.ts';

const MINUTE_MS = 60_000;
const START = Date.parse('2026-11-20T08:12:00Z');
const MODEL = 'models/gemini-2.5-flash';

export interface SampleWish {
  readonly batches: number;
  readonly perBatch?: number;
  readonly waves?: readonly (readonly [first: number, last: number, startMinutes: number])[];
  readonly model?: string;
  /** Changes one batch after it was made as a good one. */
  readonly change?: (batch: ReportedBatch) => ReportedBatch;
  readonly rest?: Partial<FinalReport>;
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** As the service makes them, and the same in every run. */
function jobName(seed: number): string {
  let state = (seed * 2_654_435_761) % 4_294_967_296;
  const next = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor((state / 4_294_967_296) * letters.length);
  };
  return `batches/${Array.from({ length: 36 }, () => letters[next()]).join('')}`;
}

function iso(minutes: number): string {
  return new Date(START + minutes * MINUTE_MS).toISOString();
}

function wobble(n: number): number {
  return ((n * 7919) % 1000) / 1000;
}

function tokensOf(usage: Usage, estimated: number): ReportedTokens {
  return {
    estimated_prompt: estimated,
    ...usage,
    total: usage.prompt + usage.answer + usage.thoughts,
  };
}

function goodBatch(batch: number, wish: SampleWish): ReportedBatch {
  const planned = wish.perBatch ?? 100;
  const wave = waveOf(batch, wish);
  const place = wave === undefined ? 0 : (batch - wave[0]) / Math.max(1, wave[1] - wave[0]);
  const submitted = (wave?.[2] ?? 0) + place * 75 + wobble(batch) * 2;
  const ended = submitted + 38 + wobble(batch * 3) * 55;
  const prompt = Math.round(planned * (380 + wobble(batch) * 60));
  const usage = {
    prompt,
    cached: 0,
    answer: Math.round(planned * (310 + wobble(batch * 5) * 90)),
    thoughts: Math.round(planned * 45 * wobble(batch * 11)),
  };
  const model = wish.model ?? MODEL;
  return {
    batch,
    file: `batch_${String(batch).padStart(3, '0')}_proper.jsonl`,
    job: jobName(batch),
    model,
    status: 'collected',
    attempt: 1,
    submitted_at: iso(submitted),
    ended_at: iso(ended),
    saved_at: iso(ended + 0.5),
    planned,
    answered: planned,
    failed: 0,
    missing: 0,
    pending: 0,
    tokens: tokensOf(usage, Math.round(prompt * 1.07)),
    cost: costOf([{ model, usage, requests: planned }], BUILT_IN_PRICES, iso(0)).amount,
  };
}

function waveOf(batch: number, { waves = [] }: SampleWish): readonly [number, number, number] | undefined {
  return waves.find(([first, last]) => batch >= first && batch <= last);
}

function sumOf(batches: readonly ReportedBatch[]): RequestCounts & { readonly tokens: ReportedTokens } {
  const add = (pick: (batch: ReportedBatch) => number): number =>
    batches.reduce((total, batch) => total + pick(batch), 0);
  return {
    planned: add(({ planned }) => planned),
    answered: add(({ answered }) => answered),
    failed: add(({ failed }) => failed),
    missing: add(({ missing }) => missing),
    pending: add(({ pending }) => pending),
    tokens: {
      estimated_prompt: add(({ tokens }) => tokens.estimated_prompt),
      prompt: add(({ tokens }) => tokens.prompt),
      cached: add(({ tokens }) => tokens.cached),
      answer: add(({ tokens }) => tokens.answer),
      thoughts: add(({ tokens }) => tokens.thoughts),
      total: add(({ tokens }) => tokens.total),
    },
  };
}

/** A report whose sums are those of its batches. */
export function sampleReport(wish: SampleWish): FinalReport {
  const change = wish.change ?? ((batch: ReportedBatch) => batch);
  const batches = Array.from({ length: wish.batches }, (_, index) => change(goodBatch(index + 1, wish)));
  const { tokens, ...requests } = sumOf(batches);
  const having = (...statuses: string[]): number =>
    batches.filter(({ status }) => statuses.includes(status)).length;
  const submitted = batches.filter(({ submitted_at }) => submitted_at !== null);
  const uses = batches.map(({ model, tokens: used, answered, failed, submitted_at }): PricedUse => ({
    model,
    usage: used,
    requests: answered + failed,
    at: submitted_at,
  }));
  const saved = batches.filter(({ saved_at }) => saved_at !== null);
  return {
    schemaVersion: 1,
    report_generated: '2026-11-22T21:40:00.000Z',
    batch_range: batches.length === 0 ? '' : `1-${batches.length}`,
    statistics: {
      total: batches.length,
      submitted: submitted.length,
      remaining: batches.length - submitted.length,
      percentage: batches.length === 0 ? 0 : Math.round((submitted.length / batches.length) * 10_000) / 100,
      failed: having('failed'),
    },
    submitted_jobs: {},
    failed_batches: batches.filter(({ status }) => status === 'failed').map(({ batch }) => batch),
    last_run: batches.length === 0 ? null : iso(500),
    uncertain_batches: batches.filter(({ status }) => status === 'uncertain').map(({ batch }) => batch),
    counts: {
      notSubmitted: having('pending', 'uploading', 'uploaded'),
      uncertain: having('uncertain', 'creating'),
      pending: having('submitted'),
      running: 0,
      succeeded: having('succeeded', 'collected'),
      failed: having('failed'),
      expired: having('expired'),
      cancelled: having('cancelled'),
      downloaded: having('collected'),
    },
    requests,
    requests_exhausted: 0,
    requests_refused: 0,
    defects_by_kind: {},
    defects: [],
    defects_omitted: 0,
    tokens,
    cost: costOf(uses, BUILT_IN_PRICES, '2026-11-22T21:40:00.000Z'),
    results: saved.map(({ batch, planned, answered, failed, missing }) => ({
      batch,
      path: `batch_results/batch_${String(batch).padStart(3, '0')}.jsonl`,
      sha256: 'ab'.repeat(32),
      bytes: 240_000 + batch * 311,
      requests: planned,
      answered,
      failed,
      missing,
    })),
    batches,
    waves: (wish.waves ?? []).map((wave, index) => waveFor(wave, index, batches)),
    row_retries: [],
    merged: null,
    records: null,
    notes: [],
    duplicate_jobs: [],
    earlier_attempts: [],
    ...wish.rest,
  };
}

function waveFor(
  [first, last]: readonly [number, number, number],
  index: number,
  all: readonly ReportedBatch[],
): ReportedWave {
  const members = all.filter(
    ({ batch, submitted_at }) => batch >= first && batch <= last && submitted_at !== null,
  );
  const costs = members.map(({ cost }) => cost);
  const ends = members.flatMap(({ ended_at }) => (ended_at === null ? [] : [ended_at])).sort();
  return {
    run: `2026112${index}-k3v9q2`,
    first_submitted_at: members.map(({ submitted_at }) => submitted_at ?? '').sort()[0] ?? null,
    last_ended_at: ends.at(-1) ?? null,
    batches: foldBatches(members.map(({ batch }) => batch)),
    count: members.length,
    ...sumOf(members),
    sent_again: 0,
    sent_again_answered: 0,
    cost: costs.includes(null) ? null : costs.reduce((sum: number, cost) => sum + (cost ?? 0), 0),
  };
}

const THREE_WAVES = [
  [1, 81, 0],
  [82, 140, 130],
  [141, 204, 290],
] as const;

/** 204 batches in three waves, and nothing wrong with any. */
export function goodReport(): FinalReport {
  return sampleReport({
    batches: 204,
    waves: THREE_WAVES,
    rest: { merged: { path: 'batch_results/merged.jsonl', lines: 20_400, sha256: 'cd'.repeat(32) } },
  });
}

const NOTHING_USED = tokensOf(NO_USAGE, 40_000);

function damage(batch: ReportedBatch): ReportedBatch {
  const { batch: n, planned } = batch;
  const unsaved = { saved_at: null, answered: 0, pending: planned, tokens: NOTHING_USED, cost: 0 };
  if (n === 17) return { ...batch, answered: 96, failed: 3, missing: 1 };
  if (n === 58) return { ...batch, answered: 88, failed: 0, missing: 12 };
  if (n === 96 || n === 97) return { ...batch, ...unsaved, status: 'expired', ended_at: iso(412) };
  if (n === 121) return { ...batch, answered: 99, failed: 1 };
  if (n === 133) return { ...batch, ...unsaved, status: 'failed', attempt: 2 };
  if (n === 171) return { ...batch, ...unsaved, status: 'cancelled' };
  if (n === 183)
    return { ...batch, ...unsaved, status: 'uncertain', job: null, submitted_at: null, ended_at: null };
  if (n >= 199)
    return { ...batch, ...unsaved, status: 'pending', job: null, submitted_at: null, ended_at: null };
  if (n >= 190) return { ...batch, ...unsaved, status: 'submitted', ended_at: null };
  if (n >= 187) return { ...batch, ...unsaved, status: 'succeeded' };
  return batch;
}

function defect(batch: number, line: number, kind: DefectKind, more: Partial<Defect> = {}): Defect {
  return { batch, line, key: `indicator-${batch}-pair-${String(line).padStart(3, '0')}`, kind, ...more };
}

/** 204 batches with something wrong of every sort. */
export function damagedReport(): FinalReport {
  return sampleReport({
    batches: 204,
    waves: THREE_WAVES,
    change: damage,
    rest: {
      defects_by_kind: {
        missing: 15,
        error: 4,
        truncated: 23,
        blocked: 3,
        unfinished: 1,
        empty: 2,
        invalid_json: 11,
        placeholder: 2,
        duplicate: 1,
        foreign: 1,
        unreadable: 1,
      },
      defects: [
        defect(17, 12, 'truncated', { reason: 'MAX_TOKENS' }),
        defect(17, 40, 'error', { code: 13, message: 'Internal error encountered.' }),
        defect(17, 41, 'blocked', { reason: 'PROHIBITED_CONTENT', isPermanent: true } as Partial<Defect>),
        defect(17, 88, 'missing'),
        ...Array.from({ length: 12 }, (_, index) => defect(58, 89 + index, 'missing')),
        defect(121, 7, 'invalid_json', { message: 'the answer ends within a string' }),
        { batch: 121, line: null, key: 'indicator-120-pair-007', kind: 'foreign', resultLine: 61 },
      ],
      row_retries: [
        {
          batch: 205,
          job: jobName(205),
          status: 'collected',
          rows: 44,
          answered: 41,
          sources: [
            { batch: 9, lines: '3, 12-14, 77' },
            { batch: 41, lines: '1-20' },
            { batch: 120, lines: '5, 9-26' },
          ],
          cost: 0.0311,
        },
        {
          batch: 206,
          job: jobName(206),
          status: 'submitted',
          rows: 3,
          answered: 0,
          sources: [{ batch: 17, lines: '12, 40, 88' }],
          cost: null,
        },
      ],
      duplicate_jobs: [{ batch: 64, jobs: [jobName(1064), jobName(2064)] }],
      earlier_attempts: [{ batch: 133, attempt: 1, job: jobName(1133), ended: 'failed' }],
      notes: ['The answers of batch 121 carry no keys and were matched by their order'],
    },
  });
}

/** What a real run mostly looks like: nearly all is there, and two commands bring the rest. */
export function usualReport(): FinalReport {
  const lost = { saved_at: null, answered: 0, pending: 100, tokens: NOTHING_USED, cost: 0 };
  const change = (batch: ReportedBatch): ReportedBatch => {
    const { batch: n } = batch;
    if (n === 17) return { ...batch, answered: 97, failed: 2, missing: 1 };
    if (n === 58) return { ...batch, answered: 91, missing: 9 };
    if (n === 121) return { ...batch, answered: 99, failed: 1 };
    if (n === 96 || n === 97) return { ...batch, ...lost, status: 'expired', ended_at: iso(395) };
    if (n === 133) return { ...batch, ...lost, status: 'failed', attempt: 2 };
    return batch;
  };
  return sampleReport({
    batches: 204,
    waves: THREE_WAVES,
    change,
    rest: {
      defects_by_kind: { missing: 14, error: 3, truncated: 23, blocked: 2, invalid_json: 9, placeholder: 2 },
      defects: [
        defect(17, 12, 'truncated', { reason: 'MAX_TOKENS' }),
        defect(17, 41, 'blocked', { reason: 'PROHIBITED_CONTENT' }),
        defect(17, 88, 'missing'),
        ...Array.from({ length: 9 }, (_, index) => defect(58, 92 + index, 'missing')),
        defect(121, 7, 'invalid_json', { message: 'the answer ends within a string' }),
      ],
      row_retries: [
        {
          batch: 205,
          job: jobName(205),
          status: 'collected',
          rows: 53,
          answered: 40,
          sources: [
            { batch: 9, lines: '3, 12-14, 77' },
            { batch: 41, lines: '1-20' },
            { batch: 120, lines: '5, 9-26' },
          ],
          cost: 0.0311,
        },
      ],
      earlier_attempts: [{ batch: 133, attempt: 1, job: jobName(1133), ended: 'failed' }],
      merged: { path: 'batch_results/merged.jsonl', lines: 20_087, sha256: 'cd'.repeat(32) },
      records: {
        requests: { planned: 20_400, parsed: 20_070, unparsable: 17, without: 313 },
        records: 20_070,
        duplicates: 41,
        embedded: 20_029,
        imported: { to: 'sqlite', path: 'batch_records.db', imported: 20_066, held_back: 4 },
      },
    },
  });
}

export function emptyReport(): FinalReport {
  return sampleReport({ batches: 0 });
}

/** As the first users had it: one file, one line, one request. */
export function singleReport(): FinalReport {
  return sampleReport({ batches: 1, perBatch: 1, waves: [[1, 1, 0]] });
}

export function manyReport(batches: number, model?: string): FinalReport {
  const third = Math.floor(batches / 3);
  return sampleReport({
    batches,
    ...(model === undefined ? {} : { model }),
    waves: [
      [1, third, 0],
      [third + 1, 2 * third, 200],
      [2 * third + 1, batches, 900],
    ],
    change: (batch) =>
      batch.batch % 97 === 0
        ? { ...batch, status: 'expired', saved_at: null, answered: 0, pending: batch.planned }
        : batch,
  });
}

export function unknownPriceReport(): FinalReport {
  return sampleReport({ batches: 30, waves: [[1, 30, 0]], model: 'models/gemini-9-ultra' });
}
