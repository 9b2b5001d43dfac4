import { maskOutput } from '../cli/transcript.ts';
import { until } from '../cli/until.ts';
import type { OpenWorkbench, Workbench } from '../cli/workbench.ts';
import { openPty, type PtyOptions, type PtyProgram } from './open-pty.ts';

export interface Scene {
  readonly bench: Workbench;
  readonly program: PtyProgram;
  /** The screen with what varies masked. */
  readonly screen: () => Promise<string>;
}

/** Jobs that are made, or end, in the same moment may be told in any order. */
export function masked(text: string): string {
  return maskOutput(text)
    .replaceAll(/^✓ \d{3}/gm, '✓ <n>')
    .replaceAll(/batch_\d{3}\.jsonl/g, 'batch_<n>.jsonl')
    .replaceAll(/(?:^✓ .*\n)+/gm, (lines) => `${lines.trimEnd().split('\n').sort().join('\n')}\n`);
}

/** Lets the jobs end until the program has. */
export async function finish({ bench, program }: Pick<Scene, 'bench' | 'program'>): Promise<number> {
  let code: number | undefined;
  void program.ended.then((exitCode) => (code = exitCode));
  await until('the program has ended', () => {
    bench.pass(10_000);
    return code !== undefined;
  });
  return await program.ended;
}

/** A run of five batches with room for three jobs, at the moment when it waits for one to end. */
export async function openScene(
  openWorkbench: OpenWorkbench,
  options: Omit<PtyOptions, 'folder'> & { readonly flags?: readonly string[] } = {},
): Promise<Scene> {
  const bench = await openWorkbench({ batches: [1, 2, 3, 4, 5], service: { quotaJobs: 3 } });
  const { env, flags = [], ...rest } = options;
  const program = openPty(['run', '--max-active-jobs', '3', ...flags], {
    ...rest,
    folder: bench.folder,
    env: { ...bench.env, ...env },
  });
  const screen = async (): Promise<string> => masked(await program.screen.text());
  await program.shows(/! 004 {3}waits for a job to end/);
  return { bench, program, screen };
}
