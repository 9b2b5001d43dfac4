import { readFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { test } from '../cli/workbench.ts';
import { openPty } from './open-pty.ts';
import type { Cell } from './screen.ts';

const [GREEN, YELLOW] = [2, 3];

/** The colour of the first cell that holds the mark; null when there is none. */
function colourOf(mark: string, lines: readonly (readonly Cell[])[]): Cell['color'] | null {
  const cell = lines.flat().find(({ text }) => text === mark);
  return cell === undefined ? null : cell.color;
}

describe.concurrent('who decides about colour', () => {
  const NONE = { stdout: undefined, stderr: undefined };
  const BOTH = { stdout: GREEN, stderr: YELLOW };
  test.for([
    { when: 'nothing is said', env: {}, colours: BOTH },
    { when: 'NO_COLOR=1', env: { NO_COLOR: '1' }, colours: NONE },
    { when: 'NO_COLOR=', env: { NO_COLOR: '' }, colours: BOTH },
    { when: 'FORCE_COLOR=1', env: { FORCE_COLOR: '1' }, colours: BOTH },
    { when: 'FORCE_COLOR=0', env: { FORCE_COLOR: '0' }, colours: NONE },
    { when: 'both are set', env: { FORCE_COLOR: '1', NO_COLOR: '1' }, colours: BOTH },
    { when: '--no-color', env: { FORCE_COLOR: '1' }, flags: ['--no-color'], colours: NONE },
    { when: '--color', env: { NO_COLOR: '1' }, flags: ['--color'], colours: BOTH },
    { when: 'TERM=dumb', env: { TERM: 'dumb' }, colours: NONE },
    { when: 'TERM=dumb and FORCE_COLOR=1', env: { TERM: 'dumb', FORCE_COLOR: '1' }, colours: BOTH },
  ])('$when', async ({ env, flags = [], colours }, { openWorkbench, expect }) => {
    const bench = await openWorkbench({
      batches: [1, 2],
      service: { faults: [{ endpoint: 'batches.create', kind: 'rate_limit', at: 2 }] },
    });
    const program = openPty(flags, { folder: bench.folder, env: { ...bench.env, ...env } });
    expect(await program.ended).toBe(0);
    const cells = await program.screen.cells();
    expect({ stdout: colourOf('✓', cells), stderr: colourOf('!', cells) }).toEqual(colours);
  });

  test('each stream by itself: stdout in a file has none, stderr on the terminal has', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({
      batches: [1, 2],
      service: { faults: [{ endpoint: 'batches.create', kind: 'rate_limit', at: 2 }] },
    });
    const program = openPty([], { folder: bench.folder, env: bench.env, stdoutTo: 'out.tsv' });
    expect(await program.ended).toBe(0);
    const cells = await program.screen.cells();
    expect(colourOf('!', cells)).toBe(YELLOW);
    expect(colourOf('✓', cells)).toBeNull();
    expect(await readFile(bench.path('out.tsv'), 'utf8')).toMatch(
      /^1\tsubmitted\tbatches\/\w+\n2\tsubmitted\t/,
    );
  });
});
