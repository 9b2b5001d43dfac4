import { open, stat } from 'node:fs/promises';
import type { McpServer, ReadResourceResult } from '@modelcontextprotocol/server';
import type { StatusDocument } from '../documents/inspect.ts';
import { foldBatches } from '../model/batch-set.ts';
import type { FinalReport } from '../report/final-report.ts';
import { describeError, writeScrubbed } from './answer.ts';
import { runningIn } from './status-counts.ts';
import type { ToolBox } from './tool.ts';
import { countsOf } from './work-result.ts';

export interface ResourceFiles {
  /** Of the log, which other programs write too. */
  readonly log: string;
}

export interface ResourceParts {
  readonly box: ToolBox;
  readonly files: ResourceFiles;
  readonly scrub: (text: string) => string;
}

const TAIL_BYTES = 16 * 1024;

/** The state, the report and the end of the log, small enough to be read whole. */
export function addResources(server: McpServer, { box, files, scrub }: ResourceParts): void {
  const json = (uri: URL, value: object): ReadResourceResult =>
    text(uri, 'application/json', writeScrubbed(value, scrub));
  const clean = async (read: () => Promise<ReadResourceResult>): Promise<ReadResourceResult> => {
    try {
      await box.confine();
      return await read();
    } catch (error) {
      throw new Error(describeError(error, scrub), { cause: error });
    }
  };
  server.registerResource(
    'state',
    'batch-submit://state',
    { description: 'Which batches are where', mimeType: 'application/json' },
    (uri) =>
      clean(async () => {
        const { document } = await box.run('status', {});
        return json(uri, stateOf(document as StatusDocument)); // what `status` prints
      }),
  );
  server.registerResource(
    'report',
    'batch-submit://report',
    {
      description: 'Requests, tokens and cost, reconciled with what is on disk',
      mimeType: 'application/json',
    },
    (uri) =>
      clean(async () => {
        const { document } = await box.run('report', { output: '-' });
        return json(uri, totalsOf(document as FinalReport)); // what `report` prints
      }),
  );
  server.registerResource(
    'log',
    'batch-submit://log',
    { description: 'The last events of the log, one JSON object a line', mimeType: 'application/jsonl' },
    (uri) => clean(async () => text(uri, 'application/jsonl', scrub(await tailOf(files.log)))),
  );
}

function text(uri: URL, mimeType: string, content: string): ReadResourceResult {
  return { contents: [{ uri: uri.href, mimeType, text: content }] };
}

/** `{ "collected": "1-80", "submitted": "81-204" }`, with the counts. */
function stateOf(status: StatusDocument): object {
  const byStatus = new Map<string, number[]>();
  for (const { batch, status: at } of status.batches) byStatus.set(at, [...(byStatus.get(at) ?? []), batch]);
  const batches = Object.fromEntries([...byStatus].map(([at, numbers]) => [at, foldBatches(numbers)]));
  const { asOf, quota, deadlines } = status;
  const nearest = deadlines.map(({ what, at, batches: those }) => ({
    what,
    at,
    batches: foldBatches(those),
  }));
  return { asOf, counts: countsOf(status), batches, quota, deadlines: nearest, running: runningIn(status) };
}

/** The report without its lists, which grow with the batches. */
function totalsOf(report: FinalReport): object {
  const { report_generated, statistics, counts, requests, defects_by_kind, tokens, merged, notes } = report;
  const { amount, currency } = report.cost;
  return {
    report_generated,
    statistics,
    counts,
    requests,
    defects_by_kind,
    tokens,
    cost: { amount, currency },
    merged,
    notes,
  };
}

/** Whole lines from the end of a log; empty where there is none. What is no event of ours is none of the reader's business. */
async function tailOf(path: string): Promise<string> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) return '';
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    return lines.map((line) => (isEvent(line) ? `${line}\n` : '')).join('');
  } finally {
    await file.close();
  }
}

function isEvent(line: string): boolean {
  try {
    const { timestamp, event } = JSON.parse(line) as Readonly<Record<string, unknown>>; // what it lacks is undefined
    return typeof timestamp === 'string' && typeof event === 'string';
  } catch {
    return false; // cut at the front, not written to its end, or somebody else's
  }
}
