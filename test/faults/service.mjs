import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProxy } from './proxy.mjs';
import { createWitness } from './witness.mjs';

/**
 * A folder with batches in it, a service of its own behind a proxy, and a witness of the files.
 * @typedef {object} Scene
 * @property {string} folder
 * @property {readonly number[]} batches
 * @property {import('../../src/emulator/index.ts').Emulator} emulator
 * @property {Awaited<ReturnType<typeof startProxy>>} proxy
 * @property {ReturnType<typeof createWitness>} witness
 * @property {() => Promise<void>} close
 */

/**
 * @param {import('./packed.mjs').Program} program
 * @param {object} options
 * @param {number} [options.batches] default 3
 * @param {(exchange: import('./proxy.mjs').Exchange) => object | undefined} [options.choose]
 * @param {number} [options.pageSize]
 * @param {(folder: string) => void} [options.prepare] does something to the empty folder
 * @param {import('../../src/emulator/index.ts').EmulatorOptions} [options.service]
 * @returns {Promise<Scene>}
 */
export async function openScene(program, options) {
  const {
    batches = 3,
    choose = () => undefined,
    pageSize,
    service = {},
    prepare = () => undefined,
  } = options;
  const [{ startEmulator }, { findRoute }] = await Promise.all([program.emulator(), program.router()]);
  const root = await mkdtemp(join(tmpdir(), 'batch-submit-faults-'));
  const folder = join(root, 'work');
  const numbers = Array.from({ length: batches }, (_, index) => index + 1);
  await mkdir(join(root, 'home'));
  await mkdir(folder);
  prepare(folder);
  await mkdir(join(folder, 'batches'));
  for (const batch of numbers) {
    await writeFile(join(folder, 'batches', `batch_${String(batch).padStart(3, '0')}.jsonl`), linesOf(batch));
  }
  // More jobs at once than any part makes, so that no quota but a scripted one is met.
  const emulator = await startEmulator({ jobTimeMs: 20, quotaJobs: 1000, ...service });
  const witness = createWitness(folder);
  const proxy = await startProxy({
    upstreamPort: emulator.port,
    findRoute,
    pageSize,
    choose,
    onArrival({ endpoint }) {
      witness.look();
      if (endpoint === 'download') witness.lookAtResults();
    },
    onBody: ({ endpoint, body }) => {
      if (endpoint === 'batches.create') witness.judgeCreate(body);
    },
  });
  return {
    folder,
    batches: numbers,
    emulator,
    proxy,
    witness,
    async close() {
      await proxy.close();
      await emulator.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/**
 * Three requests, so that a result can lose its middle; each batch has a content of its own. Every third one
 * has no keys, so that a copy with keys is sent in its place.
 */
function linesOf(batch) {
  return [1, 2, 3]
    .map((number) => {
      const text = `Batch ${batch}, question ${number}: why is the sky blue?`;
      const request = { contents: [{ parts: [{ text }] }] };
      return `${JSON.stringify(batch % 3 === 2 ? { request } : { key: `b${batch}-r${number}`, request })}\n`;
    })
    .join('');
}

/** Another origin. It keeps what it is sent and knows nothing. */
export async function startElsewhere() {
  const requests = [];
  const server = createServer((incoming, outgoing) => {
    const seen = { url: incoming.url, headers: incoming.headers, body: '' };
    requests.push(seen);
    incoming.on('data', (piece) => (seen.body += piece));
    incoming.on('end', () => outgoing.writeHead(404, { 'content-type': 'text/plain' }).end('not here'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
