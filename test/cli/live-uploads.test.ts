import { writeFile } from 'node:fs/promises';
import { main } from '../../src/cli/main.ts';
import { FAKE_KEY } from './run-cli.ts';
import { requestsTo } from './service-record.ts';
import { createTerminal } from './terminal.ts';
import { until } from './until.ts';
import { test } from './workbench.ts';

const MIB = 1024 * 1024;

test('a terminal shows what is being uploaded, how fast, and how long it will take', async ({
  openWorkbench,
  expect,
}) => {
  // The large upload breaks after 8 MB, and then the service reads nothing more.
  const bench = await openWorkbench({
    batches: [1],
    service: {
      faults: [
        { endpoint: 'upload.bytes', kind: 'reset_after_bytes', bytes: 8_000_000, at: 2 },
        { endpoint: 'upload.bytes', kind: 'hang', at: 3 },
      ],
    },
  });
  for (const batch of ['002', '003']) {
    await writeFile(bench.path('batches', `batch_${batch}.jsonl`), largeBatch(32));
  }
  const terminal = createTerminal({
    argv: ['submit', '--state', bench.path('state.json'), '--log', bench.path('log.jsonl'), '--no-env-file'],
    env: {
      GEMINI_API_KEY: FAKE_KEY,
      NO_COLOR: '1',
      BATCH_SUBMIT_BASE_URL: bench.emulator.url,
      BATCH_SUBMIT_CONCURRENCY: '1',
      BATCH_SUBMIT_INPUT: bench.path('batches'),
    },
    isLive: true,
  });
  const run = main(terminal.io);
  await until('the bar is drawn', () => terminal.stderr().includes('1/3 submitted'));
  await until('the large upload stands', () => requestsTo(bench.emulator, 'upload.bytes').length === 3);
  expect(terminal.stderr(), 'no time has gone by').not.toContain('  upload ');

  terminal.pass(2000);
  const pace = String.raw`[\d.]+ of %\d\.\d MB · [\d.]+ MB\/s · [\dms ]+ left`;
  const [total, file] = [`  upload   ${pace.replace('%', '6')}`, `    002    ${pace.replace('%', '3')}`];
  await until('both lines are drawn', () =>
    [total, file].every((line) => new RegExp(line).test(terminal.stderr())),
  );
  expect(terminal.stderr(), 'submitted, and waiting for its turn').not.toMatch(/ {4}00[13] {4}/);

  terminal.signal('SIGINT');
  expect(await run).toBe(130);
});

/** Long lines, so that checking them takes no time. */
function largeBatch(lines: number): string {
  const request = { contents: [{ role: 'user', parts: [{ text: 'a'.repeat(MIB) }] }] };
  return Array.from(
    { length: lines },
    (_, index) => `${JSON.stringify({ key: `request-${index}`, request })}\n`,
  ).join('');
}
