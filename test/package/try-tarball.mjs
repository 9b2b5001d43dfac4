// Installs the packed package into an empty folder and uses it as people do, all of it with the Node that runs this:
// `node test/package/try-tarball.mjs <tarball>`. Ends with 0 and one line when everything works.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { delimiter, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const isWindows = process.platform === 'win32';
const [, , tarball] = process.argv;
const folder = await mkdtemp(join(tmpdir(), 'batch-submit-package-'));

const CJS = `
const { createBatchSubmit } = require('batch-submit');
createBatchSubmit().status().then(({ document }) => console.log(document.submitted));
`;
const ESM = `
import { createBatchSubmit } from 'batch-submit';
const { document } = await createBatchSubmit().status();
console.log(document.submitted);
`;

/** npm and npx, and what they start, with this Node. */
async function npm(command, args, env = {}) {
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const { stdout, stderr } = await run(isWindows ? `${command}.cmd` : command, args, {
    cwd: folder,
    shell: isWindows,
    env: { ...process.env, PATH: path, ...env },
  });
  return { stdout, stderr };
}

/** A program of somebody's. It must print no warning either. */
async function program(name, text) {
  await writeFile(join(folder, name), text);
  const { stdout, stderr } = await run(process.execPath, [name], { cwd: folder });
  assert.equal(stderr, '', `${name} on Node ${process.version}`);
  return stdout.trim();
}

/** What a tool of the server answers to an agent that says no more than the protocol asks for. */
async function callTool(bin, name) {
  const server = execFile(process.execPath, [bin, 'mcp'], { cwd: folder });
  const send = (message) => server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const clientInfo = { name: 'agent', version: '1' };
  send({
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo },
  });
  send({ method: 'notifications/initialized' });
  send({ id: 2, method: 'tools/call', params: { name, arguments: {} } });
  for await (const line of createInterface({ input: server.stdout })) {
    const { id, result } = JSON.parse(line);
    if (id === 2) {
      server.stdin.end();
      return result.structuredContent;
    }
  }
  throw new Error(`the server ended without an answer to ${name}`);
}

/** As another program sees it, where there is one: Node's own SQLite, from 22.13 on. */
async function countImported() {
  const sqlite = await import('node:sqlite').catch(() => undefined);
  if (sqlite === undefined) return 6;
  const database = new sqlite.DatabaseSync(join(folder, 'batch_records.db'), { readOnly: true });
  try {
    return database.prepare('SELECT count(*) AS count FROM pairs').get().count;
  } finally {
    database.close();
  }
}

try {
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const quietly = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--silent'];
  await npm('npm', ['install', ...quietly, resolve(tarball)]);
  const root = join(folder, 'node_modules', 'batch-submit');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

  const shown = await npm('npx', ['--no-install', 'batch-submit', '--version']);
  assert.equal(shown.stdout.trim(), version);

  const versionOf = isWindows ? '"node --version"' : 'node --version';
  const used = await npm('npx', ['--no-install', '-c', versionOf]);
  assert.equal(used.stdout.trim(), process.version, 'npx starts another Node');

  const { startEmulator } = await import(pathToFileURL(join(root, 'dist', 'index.js')));
  await mkdir(join(folder, 'batches'));
  for (const batch of [1, 2, 3]) {
    const pairs = [1, 2].map((id) => ({
      pair_id: id,
      question: `What does indicator ${batch} say about the trend of day ${id}?`,
      answer: `That the trend of day ${id} goes on for ${batch} more weeks, as far as one can tell`,
    }));
    const text = `Refine these pairs: ${JSON.stringify(pairs)}`;
    const request = { contents: [{ role: 'user', parts: [{ text }] }] };
    await writeFile(
      join(folder, 'batches', `batch_${batch}.jsonl`),
      `${JSON.stringify({ key: `q${batch}`, request })}\n`,
    );
  }
  const emulator = await startEmulator({ jobTimeMs: 100 });
  try {
    const env = { GEMINI_API_KEY: 'not-a-real-key', BATCH_SUBMIT_BASE_URL: emulator.url };
    await npm('npx', ['--no-install', 'batch-submit', 'run', '--poll', '50ms'], env);
    assert.equal(emulator.accepted().jobs.length, 3);
    // The driver of the database is a native module for this very Node.
    for (const step of [['parse'], ['dedupe'], ['embed', '--inline', '--dimensions', '8'], ['import']]) {
      await npm('npx', ['--no-install', 'batch-submit', ...step], env);
    }
    const near = await npm('npx', ['--no-install', 'batch-submit', 'search', '--id', '1-1-1', '--json']);
    assert.equal(JSON.parse(near.stdout).records.length, 5);
    assert.equal(await countImported(), 6);
  } finally {
    await emulator.close();
  }
  const merged = await readFile(join(folder, 'batch_results', 'merged.jsonl'), 'utf8');
  assert.equal(merged.trimEnd().split('\n').length, 3);
  assert.equal(await program('program.mjs', ESM), '3');
  assert.equal(await program('program.cjs', CJS), '3');
  const status = await callTool(join(root, 'dist', 'bin.js'), 'batch_status');
  assert.equal(status.counts.downloaded, 3);
  console.log(`batch-submit ${version} from its tarball works on Node ${process.version}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
