import { readdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import type { DownloadedResult, Result } from '../../src/model/service.ts';
import { noSignal, serviceAt, temporaryDirectory } from './fixtures.ts';
import { type ScriptedServer } from './scripted-server.ts';

export const FILE = { kind: 'file', name: 'files/batch-abc' } as const;
/** Only what is silent meets these limits; everything else answers far sooner. */
const SHORT = { headersMs: 400, idleMs: 400 };
export const BODY: Buffer = Buffer.from(
  Array.from(
    { length: 4000 },
    (_, index) => `${JSON.stringify({ key: `k${index}`, response: { text: 'ä'.repeat(40) } })}\n`,
  ).join(''),
);

export interface Downloaded {
  readonly result: Result<DownloadedResult>;
  readonly path: string;
  readonly left: readonly string[];
}

export async function download(server: ScriptedServer, signal: AbortSignal = noSignal): Promise<Downloaded> {
  const path = join(await temporaryDirectory(), 'result.jsonl.part');
  const result = await serviceAt(server.url, { deadlines: SHORT }).downloadResult(
    'batches/abc',
    FILE,
    path,
    signal,
  );
  return { result, path, left: await readdir(dirname(path)) };
}

export function send(
  response: ServerResponse,
  status: number,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-length': `${body.length}`, ...headers });
  response.end(body);
}
