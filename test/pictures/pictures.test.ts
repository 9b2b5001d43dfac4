import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { maskOutput } from '../cli/transcript.ts';
import { until } from '../cli/until.ts';
import { test, type OpenWorkbench, type Workbench } from '../cli/workbench.ts';
import { ROOT } from '../house/source-files.ts';
import { openPty, type PtyProgram } from '../pty/open-pty.ts';
import { drawScreen, wordsOf } from './draw-screen.ts';

const COLUMNS = 100;

/** A moment of the real program in a real terminal. */
interface Picture {
  readonly name: string;
  /** As a person types it; waits and addresses of the emulator come by the environment. */
  readonly command: string;
  readonly take: (open: OpenWorkbench, command: string) => Promise<readonly [Workbench, PtyProgram]>;
}

const TWELVE = Array.from({ length: 12 }, (_, index) => index + 1);

const PICTURES: readonly Picture[] = [
  {
    name: 'run',
    command: 'batch-submit run --max-active-jobs 5',
    async take(open, command) {
      const bench = await open({ batches: TWELVE, service: { quotaJobs: 5 } });
      const program = start(bench, command);
      await program.shows('waits for a job to end');
      bench.pass(10_000);
      await program.shows(/10\/12 submitted · waiting for a job to end[^]*5 pending · 5 succeeded/);
      await program.shows('5 of 12 saved');
      return [bench, program];
    },
  },
  {
    name: 'status',
    command: 'batch-submit status',
    async take(open, command) {
      const outcomes = new Map([
        [3, 'failed'],
        [7, 'expired'],
        [8, 'stuck_running'],
        [9, 'stuck_running'],
      ] as const);
      const bench = await open({
        batches: TWELVE,
        service: { outcome: ({ number }) => outcomes.get(number as 3) ?? 'succeeded' },
      });
      await bench.given('1 10');
      bench.pass(10_000);
      await bench.cli('download');
      const program = start(bench, command);
      await program.ended;
      return [bench, program];
    },
  },
  {
    name: 'doctor',
    command: 'batch-submit doctor',
    async take(open, command) {
      const bench = await open();
      await bench.given();
      const program = start(bench, command);
      await program.ended;
      return [bench, program];
    },
  },
  {
    name: 'mistake',
    command: 'batch-submit staus',
    async take(open, command) {
      const bench = await open();
      const program = start(bench, command);
      await program.ended;
      return [bench, program];
    },
  },
];

function start({ folder, env }: Workbench, command: string): PtyProgram {
  return openPty(command.split(' ').slice(1), { folder, env, columns: COLUMNS, rows: 40 });
}

/** Without what varies from run to run; jobs that end in the same moment may be told in any order. */
function masked(words: string, folder: string): string {
  return maskOutput(words, folder)
    .replaceAll(/\d+(?:\.\d+)?(?:ms| ms|s)\b/g, '<time>')
    .replaceAll(/v\d+\.\d+\.\d+ on \w+ \w+/g, '<node>')
    .replaceAll(/\d+(?:\.\d+)? [KMGT]?B/g, '<size>')
    .replaceAll(/✓ 0\d\d/g, '✓ <n>')
    .replaceAll(/batch_\d{3}\.jsonl/g, 'batch_<n>.jsonl')
    .split('\n')
    .filter((line) => !/certificates|file system/.test(line))
    .map((line) => line.replaceAll(/ +/g, ' ').trimEnd())
    .sort()
    .join('\n');
}

// `RECORD=1 npx vitest run --config test/vitest.config.ts test/pictures` takes them anew.
describe('the pictures of the documentation', () => {
  test.for(PICTURES)(
    'docs/pictures/$name.svg shows what `$command` shows',
    async ({ name, command, take }, { openWorkbench, expect }) => {
      const [bench, program] = await take(openWorkbench, command);
      const svg = drawScreen(command, await program.screen.cells(), COLUMNS);
      program.kill();
      const path = `${ROOT}docs/pictures/${name}.svg`;
      if (process.env['RECORD'] === '1') {
        await mkdir(`${ROOT}docs/pictures`, { recursive: true });
        await writeFile(path, svg);
      }
      const shown = wordsOf(await readFile(path, 'utf8'));
      expect(shown).toContain(`$ ${command}`);
      expect(masked(shown, bench.folder)).toBe(masked(wordsOf(svg), bench.folder));
      await until('the program has ended', async () => (await program.ended) !== undefined);
    },
  );
});
