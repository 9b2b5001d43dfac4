import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { Emulator } from '../../src/emulator/index.ts';
import { parseLines, type Json } from './saved-files.ts';
import type { OpenWorkbench, Workbench, WorkbenchOptions } from './workbench.ts';

const SCHEMA = {
  type: 'OBJECT',
  properties: { answer: { type: 'STRING' }, score: { type: 'INTEGER', minimum: 1, maximum: 5 } },
  required: ['answer', 'score'],
};
const FORMS = [
  {},
  { responseMimeType: 'application/json' },
  { responseMimeType: 'application/json', responseSchema: SCHEMA },
];

export interface ReportedDefect {
  readonly batch: number;
  readonly line: number | null;
  readonly key: string | null;
  readonly kind: string;
  readonly reason?: string;
}

export interface Report {
  readonly requests: Readonly<Record<'planned' | 'answered' | 'failed' | 'missing' | 'pending', number>>;
  readonly defects: readonly ReportedDefect[];
  readonly defects_by_kind: Readonly<Record<string, number>>;
  readonly defects_omitted: number;
  readonly notes: readonly string[];
  readonly row_retries: readonly {
    readonly batch: number;
    readonly rows: number;
    readonly answered: number;
  }[];
}

export interface MergedLine {
  readonly key: string | null;
  readonly batch: number;
  readonly file: string;
  readonly line: number;
  readonly attempt: number;
  readonly response?: Json;
  readonly reason?: { readonly kind: string; readonly code?: number; readonly reason?: string };
}

export function rowKey(batch: number, row: number): string {
  return `b${batch}-r${row}`;
}

/** Rows of three forms by turns, each with a prompt of its own. */
export function rowsText(batch: number, count: number, keyOf: (row: number) => string): string {
  return Array.from({ length: count }, (_, index) => {
    const contents = [
      { role: 'user', parts: [{ text: `What does indicator ${batch}.${index + 1} measure?` }] },
    ];
    const generationConfig = FORMS[index % FORMS.length];
    return `${JSON.stringify({ key: keyOf(index + 1), request: { contents, generationConfig } })}\n`;
  }).join('');
}

export interface Rows extends WorkbenchOptions {
  readonly count?: number;
  readonly rows?: number;
  /** Default: unique in all files. */
  readonly keyOf?: (batch: number, row: number) => string;
}

/** A workbench on a real clock, with `count` files of `rows` requests. */
export async function openRows(openWorkbench: OpenWorkbench, options: Rows = {}): Promise<Workbench> {
  const { count = 1, rows = 3, keyOf = rowKey, ...more } = options;
  const bench = await openWorkbench({ batches: [], clock: 'real', ...more });
  await mkdir(bench.path('batches'), { recursive: true });
  for (let batch = 1; batch <= count; batch += 1) {
    const name = `batch_${String(batch).padStart(3, '0')}.jsonl`;
    await writeFile(
      bench.path('batches', name),
      rowsText(batch, rows, (row) => keyOf(batch, row)),
    );
  }
  return bench;
}

export async function readReport({ path }: Workbench): Promise<Report> {
  return JSON.parse(await readFile(path('batch_submission_final_report.json'), 'utf8')) as Report;
}

export async function readMerged({ path }: Workbench): Promise<readonly MergedLine[]> {
  return parseLines(
    await readFile(path('batch_results', 'merged.jsonl'), 'utf8'),
  ) as unknown as readonly MergedLine[];
}

export function textIn(response: Json | undefined): string | undefined {
  const text = /"text":"((?:[^"\\]|\\.)*)"/.exec(JSON.stringify(response ?? null))?.[1];
  return text === undefined ? undefined : (JSON.parse(`"${text}"`) as string);
}

export async function keysOfJobs(
  emulator: Emulator,
  from: number,
): Promise<readonly (readonly (string | null)[])[]> {
  const jobs = emulator.accepted().jobs.slice(from);
  return await Promise.all(jobs.map(({ name }) => emulator.requestKeys(name)));
}

/** Which lines of merged.jsonl, from 1, hold an answer. */
export async function answeredIn(bench: Workbench): Promise<readonly number[]> {
  return (await readMerged(bench)).flatMap(({ response }, index) =>
    response === undefined ? [] : [index + 1],
  );
}
