import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../house/source-files.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly needs?: string;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

async function workflowOf(name: string): Promise<Workflow> {
  return parse(await readFile(`${ROOT}.github/workflows/${name}`, 'utf8')) as Workflow; // the tests below look at it
}

describe('the workflows', async () => {
  const names = await readdir(`${ROOT}.github/workflows`);

  test('are two', () => {
    expect(names.sort()).toEqual(['ci.yml', 'release.yml']);
  });

  test.for(names)('%s may no more than it needs', async (name) => {
    const { on, permissions, jobs } = await workflowOf(name);
    expect(Object.keys(on)).not.toContain('pull_request_target');
    expect(permissions).toEqual(name === 'ci.yml' ? { contents: 'read' } : {});
    for (const [job, { permissions: own = {}, 'timeout-minutes': minutes }] of Object.entries(jobs)) {
      const writes = Object.entries(own).filter(([, right]) => right !== 'read');
      expect(writes, job).toEqual(job === 'publish' ? [['id-token', 'write']] : []);
      expect(minutes, job).toBeLessThanOrEqual(40);
    }
  });

  test.for(names)('%s runs no code that can change under it, and keeps no secret', async (name) => {
    const text = await readFile(`${ROOT}.github/workflows/${name}`, 'utf8');
    const uses = [...text.matchAll(/uses: (.+)/g)].map(([, action]) => action);
    expect(uses.length).toBeGreaterThan(2);
    for (const action of uses) expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    expect(text).not.toMatch(/secrets\.|NODE_AUTH_TOKEN|_authToken/);
    const { jobs } = await workflowOf(name);
    for (const { run = '', uses: action = '', with: inputs } of Object.values(jobs).flatMap(
      ({ steps }) => steps,
    )) {
      expect(run, 'a text from outside would be run as a command').not.toContain('${{');
      if (action.startsWith('actions/checkout@')) expect(inputs).toEqual({ 'persist-credentials': false });
    }
  });

  test('a release is checked before it is published, with provenance', async () => {
    const { on, jobs } = await workflowOf('release.yml');
    expect(on).toEqual({ push: { tags: ['v*'] } });
    expect(jobs['check']?.steps.map(({ run }) => run)).toContain('.ci/run');
    expect(jobs['publish']?.needs).toBe('check');
    const commands = jobs['publish']?.steps.flatMap(({ run }) => run ?? []) ?? [];
    expect(commands[0]).toBe('node .ci/check-release.mjs "$GITHUB_REF_NAME" --tools');
    expect(commands.at(-1)).toBe('npm publish --provenance --ignore-scripts');
  });
});

describe('the version', async () => {
  const { version } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as { version: string };

  test('is one in package.json, the lock file and the README', async () => {
    const lock = JSON.parse(await readFile(`${ROOT}package-lock.json`, 'utf8')) as { version: string };
    expect(lock.version).toBe(version);
    const shown = [...(await readFile(`${ROOT}README.md`, 'utf8')).matchAll(/batch-submit (\d+\.\d+\.\d+)/g)];
    expect(shown.length).toBeGreaterThan(0);
    expect(new Set(shown.map(([, text]) => text))).toEqual(new Set([version]));
  });

  test('is the newest of the changelog, or what is unreleased there becomes it', async () => {
    const changelog = await readFile(`${ROOT}CHANGELOG.md`, 'utf8');
    const headings = [...changelog.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading ?? '');
    const releases = headings.filter((heading) => heading !== '[Unreleased]');
    expect(headings.length - releases.length, 'at the top, at most once').toBe(
      headings[0] === '[Unreleased]' ? 1 : 0,
    );
    for (const release of releases) expect(release).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}$/);
    expect(new Set(releases).size).toBe(releases.length);
    if (releases.length > 0) expect(releases[0]).toContain(`[${version}]`);
  });
});

describe('.ci/check-release.mjs', () => {
  const good = {
    tag: 'v1.2.3',
    manifest: { name: 'a', version: '1.2.3', repository: 'here' },
    changelog:
      '# Changelog\n\n## [1.2.3] - 2026-11-23\n\n- It works.\n\n## [1.2.2] - 2026-11-01\n\n- It began.\n',
  };

  async function check({ tag, manifest, changelog }: typeof good): Promise<{ code: number; output: string }> {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(folder, 'CHANGELOG.md'), changelog);
    const script = join(ROOT, '.ci', 'check-release.mjs');
    return await new Promise((resolve) => {
      execFile(process.execPath, [script, tag], { cwd: folder }, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: `${stdout}${stderr}` });
      });
    });
  }

  test('lets a release pass that is ready', async () => {
    expect(await check(good)).toEqual({ code: 0, output: 'a 1.2.3 can be released\n' });
  });

  test.for([
    ['another tag', { tag: 'v1.2.4' }, 'tag it v1.2.3'],
    ['a tag without v', { tag: '1.2.3' }, 'tag it v1.2.3'],
    ['nothing in the changelog', { changelog: '## [Unreleased]\n\n- It works.\n' }, 'has no section'],
    ['an empty section', { changelog: good.changelog.replace('- It works.', '') }, 'has no entry'],
    ['no repository', { manifest: { ...good.manifest, repository: undefined } }, 'provenance needs'],
  ] as const)('refuses %s', async ([, change, says]) => {
    const { code, output } = await check({ ...good, ...change } as typeof good);
    expect(code).toBe(1);
    expect(output).toContain(says);
  });
});
