import { describe } from 'vitest';
import { parseLines, type Json } from './saved-files.ts';
import { test, type OpenWorkbench, type Workbench } from './workbench.ts';

const ALL = { planned: 6, answered: 4, failed: 2, missing: 0, pending: 0 };
const OF_1 = { planned: 2, answered: 0, failed: 2, missing: 0, pending: 0 };
const OF_2_AND_3 = { planned: 4, answered: 4, failed: 0, missing: 0, pending: 0 };

/** Three batches of two requests, of which the first gets errors alone. */
async function open(openWorkbench: OpenWorkbench): Promise<Workbench> {
  return await openWorkbench({
    clock: 'real',
    service: { faults: [{ endpoint: 'batches.create', kind: 'damage', damage: { error: 1 }, at: 1 }] },
  });
}

function lastOf(stdout: string): Readonly<Record<string, Json>> | undefined {
  return parseLines(stdout).at(-1);
}

describe.concurrent('the requests that --json counts', () => {
  test('are those of the range that `run` was given', async ({ openWorkbench, expect }) => {
    const { cli } = await open(openWorkbench);
    const whole = await cli('run --json');
    expect(lastOf(whole.stdout)).toMatchObject({
      type: 'run_finished',
      failed: 0,
      exitCode: 3,
      requests: ALL,
    });
    expect(lastOf((await cli('run 2 3 --json')).stdout)).toMatchObject({ exitCode: 0, requests: OF_2_AND_3 });
  });

  test('are told by `watch`, also once no job is under way', async ({ openWorkbench, expect }) => {
    const { given, cli } = await open(openWorkbench);
    await given();
    for (const _ of ['the first', 'the second']) {
      const { stdout } = await cli('watch --json');
      expect(lastOf(stdout)).toMatchObject({ type: 'run_finished', failed: 0, exitCode: 3, requests: ALL });
    }
  });

  test('are absent where no results were read', async ({ openWorkbench, expect }) => {
    const { cli } = await open(openWorkbench);
    expect(lastOf((await cli('--json')).stdout)).not.toHaveProperty('requests');
  });

  test('are told by `download`, which names the defects of its range alone', async ({
    openWorkbench,
    expect,
  }) => {
    const { given, cli } = await open(openWorkbench);
    const nothing = await cli('download --json');
    expect(JSON.parse(nothing.stdout)).toMatchObject({
      requests: { planned: 0, answered: 0, failed: 0, missing: 0, pending: 0 },
    });
    await given();
    await cli('watch');
    const documentOf = async (line: string): Promise<unknown> =>
      JSON.parse((await cli(line)).stdout) as unknown;
    expect(await documentOf('download 1 1 --json')).toMatchObject({
      requests: OF_1,
      defects: [
        { batch: 1, line: 1 },
        { batch: 1, line: 2 },
      ],
      exitCode: 3,
    });
    expect(await documentOf('download 2 3 --json')).toMatchObject({
      requests: OF_2_AND_3,
      defects: [],
      exitCode: 0,
    });
    expect(await documentOf('download --json')).toMatchObject({ requests: ALL, exitCode: 3 });
  });
});
