import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { statusesIn } from './saved-files.ts';
import { jobsPerInput, requestsTo } from './service-record.ts';
import { until } from './until.ts';
import { test } from './workbench.ts';

const MIB = 1024 * 1024;
const FILE_BYTES = 96 * MIB;
/** What a client that sends in chunks has to send again. */
const CHUNK_BYTES = 8 * MIB;

test('kill -9 at 60 percent of an upload: the next run sends at most one chunk twice', async ({
  openWorkbench,
  expect,
  onTestFinished,
}) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'batch-submit-test-service-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const { start, given, emulator, folder, path } = await openWorkbench({ batches: [], service: { dataDir } });
  await mkdir(path('batches'));
  await writeFile(path('batches', 'batch_001.jsonl'), largeBatch());
  const { size } = await stat(path('batches', 'batch_001.jsonl'));

  const run = start();
  await until('60 percent arrived', async () => (await bytesStored(dataDir)) >= 0.6 * size, 60_000);
  run.signal('SIGKILL');
  await run.ended;
  expect(emulator.accepted().files, 'the upload was cut').toEqual([]);
  await given();

  const sends = requestsTo(emulator, 'upload.bytes');
  expect(sends).toHaveLength(2);
  const sentBytes = sends.reduce((total, { bodyBytes }) => total + bodyBytes, 0);
  expect(sentBytes - size).toBeGreaterThanOrEqual(0);
  expect(sentBytes - size).toBeLessThanOrEqual(CHUNK_BYTES);
  expect(jobsPerInput(emulator)).toEqual([1]);
  expect(await statusesIn(folder)).toEqual({ 1: 'submitted' });
});

/** Long lines, so that checking them takes no time. */
function largeBatch(): string {
  const text = 'a'.repeat(MIB);
  const line = (index: number): string =>
    `${JSON.stringify({ key: `request-${index}`, request: { contents: [{ role: 'user', parts: [{ text }] }] } })}\n`;
  return Array.from({ length: FILE_BYTES / MIB }, (_, index) => line(index)).join('');
}

/** How much of the one upload the service has on its disk. */
async function bytesStored(dataDir: string): Promise<number> {
  const names = await readdir(dataDir, { recursive: true });
  const upload = names.find((name) => name.endsWith('upload-1'));
  return upload === undefined ? 0 : (await stat(join(dataDir, upload))).size;
}
