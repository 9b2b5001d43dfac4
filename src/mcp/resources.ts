import { open } from 'node:fs/promises';
import type { McpServer, ReadResourceResult } from '@modelcontextprotocol/server';
import type { StatusDocument } from '../documents/inspect.ts';
import { foldBatches } from '../model/batch-set.ts';
import type { FinalReport } from '../report/final-report.ts';
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
    text(uri, 'application/json', scrub(JSON.stringify(value)));
  server.registerResource(
    'state',
    'batch-submit://state',
    { description: 'Which batches are where', mimeType: 'application/json' },
    async (uri) => {
      await box.confine();
      const { document } = await box.run('status', {});
      return json(uri, stateOf(document as StatusDocument)); // what `status` prints
    },
  );
  server.registerResource(
    'report',
    'batch-submit://report',
    {
      description: 'Requests, tokens and cost, reconciled with what is on disk',
      mimeType: 'application/json',
    },
    async (uri) => {
      await box.confine();
      const { document } = await box.run('report', { output: '-' });
      return json(uri, totalsOf(document as FinalReport)); // what `report` prints
    },
  );
  server.registerResource(
    'log',
    'batch-submit://log',
    { description: 'The last events of the log, one JSON object a line', mimeType: 'application/jsonl' },
    async (uri) => {
      await box.confine();
      return text(uri, 'application/jsonl', scrub(await tailOf(files.log)));
    },
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

/** Whole lines from the end of a file; empty where there is none. */
async function tailOf(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const tail = buffer.toString('utf8', 0, bytesRead);
    return from === 0 ? tail : tail.slice(tail.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}
