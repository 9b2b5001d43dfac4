import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ROOT } from './source-files.ts';

interface Linted {
  readonly code: number;
  readonly output: string;
}

/** Lints one module as if it stood at `path`, under the real rules and in a folder of its own. */
async function lintAt(path: string, text: string): Promise<Linted> {
  const folder = await mkdtemp(join(tmpdir(), 'layers-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await copyFile(`${ROOT}.oxlintrc.json`, join(folder, '.oxlintrc.json'));
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
  const oxlint = `${ROOT}node_modules/oxlint/bin/oxlint`;
  return await new Promise((resolve) => {
    execFile(
      process.execPath,
      [oxlint, '--deny-warnings', path],
      { cwd: folder },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: `${stdout}${stderr}` });
      },
    );
  });
}

/** A module that uses what it imports, so that nothing but the import can be wrong. */
function importing(from: string, name = 'thing'): string {
  return `import { ${name} } from '${from}';\n\nexport const used: unknown = ${name};\n`;
}

const NAME = 'probe';

describe('the linter keeps the layers', () => {
  test.for([
    { room: 'model', from: '../state/state-store.ts', name: 'openStateStore', says: 'model/ is pure' },
    { room: 'model', from: 'node:fs', name: 'readFileSync', says: 'model/ is pure' },
    { room: 'model', from: 'zod', name: 'z', says: 'model/ is pure' },
    {
      room: 'state',
      from: '../gemini/sdk.ts',
      name: 'createSdkLoader',
      says: 'from model/ and from itself only',
    },
    { room: 'gemini', from: '../cli/main.ts', name: 'main', says: 'from model/ and from itself only' },
    {
      room: 'gemini',
      from: '../mcp-client/mcp-service.ts',
      name: 'createMcpService',
      says: 'from model/ and from itself only',
    },
    {
      room: 'mcp-client',
      from: '../state/hash-file.ts',
      name: 'hashFile',
      says: 'from model/ and gemini/ only',
    },
    {
      room: 'mcp-client',
      from: '@google/genai',
      name: 'GoogleGenAI',
      says: 'Only gemini/ may import the SDK',
    },
    {
      room: 'library',
      from: '../mcp-client/mcp-service.ts',
      name: 'createMcpService',
      says: 'nothing of their own',
    },
    {
      room: 'emulator',
      from: '../gemini/sdk.ts',
      name: 'createSdkLoader',
      says: 'from model/ and from itself only',
    },
    {
      room: 'submit',
      from: '../collect/download.ts',
      name: 'downloadResults',
      says: 'may not import another use case',
    },
    {
      room: 'prepare',
      from: '../submit/stage.ts',
      name: 'stageInput',
      says: 'may not import another use case',
    },
    {
      room: 'upkeep',
      from: '../collect/download.ts',
      name: 'downloadResults',
      says: 'may not import another use case',
    },
    { room: 'audit', from: '../prepare/split.ts', name: 'splitInput', says: 'model/ and input/ only' },
    { room: 'collect', from: '@google/genai', name: 'GoogleGenAI', says: 'Only gemini/ may import the SDK' },
    { room: 'run', from: '../cli/main.ts', name: 'main', says: 'stand below the surfaces' },
    { room: 'cli', from: '../probe/probe.ts', name: 'probe', says: 'does not know the probe' },
    { room: 'cli', from: '../library/run-command.ts', name: 'runCommand', says: 'not under it' },
    { room: 'run', from: '../library/run-command.ts', name: 'runCommand', says: 'stand below the surfaces' },
    { room: 'library', from: '../submit/submit.ts', name: 'submit', says: 'nothing of their own' },
    { room: 'library', from: '@google/genai', name: 'GoogleGenAI', says: 'nothing of their own' },
    { room: 'cli', from: '@google/genai', name: 'GoogleGenAI', says: 'Only gemini/ may import the SDK' },
  ])('$room/ may not import $from', async ({ room, from, name, says }) => {
    const { code, output } = await lintAt(`src/${room}/${NAME}.ts`, importing(from, name));
    expect(code).toBe(1);
    expect(output).toContain(says);
  });

  test.for([
    { room: 'submit', from: '../model/names.ts', name: 'fileNameFor' },
    { room: 'cli', from: '../submit/submit.ts', name: 'submit' },
    { room: 'mcp-client', from: '../gemini/classify.ts', name: 'classify' },
    { room: 'cli', from: '../mcp-client/mcp-service.ts', name: 'createMcpService' },
    { room: 'library', from: '../cli/table/command-table.ts', name: 'COMMANDS' },
  ])('$room/ may import $from', async ({ room, from, name }) => {
    const { code, output } = await lintAt(`src/${room}/${NAME}.ts`, importing(from, name));
    expect(code, output).toBe(0);
  });

  test.for(['Date.now()', 'Math.random()', 'process.pid', 'fetch'])(
    'model/ may not touch %s',
    async (text) => {
      const { code } = await lintAt(`src/model/${NAME}.ts`, `export const used: unknown = ${text};\n`);
      expect(code).toBe(1);
    },
  );
});
