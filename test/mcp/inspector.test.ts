import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe } from 'vitest';
import { BIN, cleanEnvironment } from '../cli/run-cli.ts';
import { jobsPerInput } from '../cli/service-record.ts';
import { test, type Workbench } from '../cli/workbench.ts';

/**
 * The starting file of `@modelcontextprotocol/inspector`, which is 110 MB and so no dependency: `.ci/run` installs it
 * beside the checkout. By hand: `npm i --prefix <dir> --ignore-scripts @modelcontextprotocol/inspector@2.12.0`.
 */
const INSPECTOR = process.env['MCP_INSPECTOR'];

/** Runs the inspector's command line once: a server of its own, and one question. */
async function inspect({ folder, env }: Workbench, ...question: readonly string[]): Promise<Inspected> {
  const variables = Object.entries({ ...cleanEnvironment(folder), ...env });
  const given = variables.flatMap(([name, value]) => (value === undefined ? [] : ['-e', `${name}=${value}`]));
  const server = [process.execPath, BIN, 'mcp', '--allow-destructive'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [INSPECTOR ?? '', '--cli', ...given, ...server, ...question],
    { cwd: folder },
  );
  return JSON.parse(stdout) as Inspected; // as the protocol has it; a wrong guess fails an expectation
}

interface Inspected {
  readonly tools?: readonly { readonly name: string }[];
  readonly resources?: readonly { readonly uri: string }[];
  readonly prompts?: readonly { readonly name: string }[];
  readonly isError?: boolean;
  readonly structuredContent?: object;
  readonly contents?: readonly { readonly text: string }[];
}

/** In the order in which they make sense on a fresh folder, and what each comes to. */
const CALLS: readonly (readonly [tool: string, result: object])[] = [
  ['batch_plan', { jobs: 3, needsConfirm: false }],
  ['batch_validate', { ok: true, requests: 6 }],
  ['batch_doctor', { problems: [] }],
  ['batch_submit', { state: 'done', counts: { submitted: 3 } }],
  ['batch_run', { state: 'done', counts: { downloaded: 3 } }],
  ['batch_status', { counts: { downloaded: 3, unanswered: 0 } }],
  ['batch_download', { state: 'done' }],
  ['batch_retry', { state: 'done' }],
  ['batch_audit', { complete: true, requests: { answered: 6 } }],
  ['batch_report', { batches: { total: 3, failed: 0 } }],
  ['batch_cancel', { cancelled: 0, would: 0 }],
  ['batch_cleanup', { deleted: false, failed: 0 }],
];

describe.skipIf(INSPECTOR === undefined)('the inspector (skipped without MCP_INSPECTOR)', () => {
  test('lists and calls every tool', { timeout: 60_000 }, async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ clock: 'real' });
    const { tools = [] } = await inspect(bench, '--method', 'tools/list');
    expect(tools.map(({ name }) => name).toSorted()).toEqual(CALLS.map(([name]) => name).toSorted());
    for (const [name, result] of CALLS) {
      const given = name === 'batch_cancel' ? ['--tool-arg', 'only=1-3'] : [];
      const answer = await inspect(bench, '--method', 'tools/call', '--tool-name', name, ...given);
      expect(answer.structuredContent, name).toMatchObject(result);
      expect(answer.isError, name).not.toBe(true);
    }
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
  });

  test('lists and reads the resources, and lists the prompts', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench();
    const { resources = [] } = await inspect(bench, '--method', 'resources/list');
    expect(resources.map(({ uri }) => uri)).toEqual([
      'batch-submit://state',
      'batch-submit://report',
      'batch-submit://log',
    ]);
    const { contents } = await inspect(bench, '--method', 'resources/read', '--uri', 'batch-submit://state');
    expect(JSON.parse(contents?.[0]?.text ?? '')).toMatchObject({ counts: { total: 3 } });
    const { prompts = [] } = await inspect(bench, '--method', 'prompts/list');
    expect(prompts).toHaveLength(3);
  });
});
