import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AcceptedRecord, readAccepted } from './accepted.ts';
import type { Backend } from './backend.ts';
import type { EmulatorClock } from './clock.ts';
import { createDamageBook, type DamagedLine } from './damage-book.ts';
import { createFaultBook } from './fault-book.ts';
import type { FaultRule } from './fault-rule.ts';
import { createFileStore } from './file-store.ts';
import { createJobStore } from './job-store.ts';
import { createLedger, type RequestRecord } from './ledger.ts';
import { type EmulatorOptions, resolveOptions, type Settings } from './options.ts';
import { createRandom, hashSeed, type Random } from './random.ts';
import { createResultFiles } from './result-files.ts';
import { serve } from './serve.ts';
import { createUploadSessions } from './upload-sessions.ts';
import { readRequestKeys, readUploaded } from './uploaded-copy.ts';

/** A running emulator. */
export interface Emulator {
  /** `http://127.0.0.1:<port>`, to be used as the client's base URL. */
  readonly url: string;
  readonly port: number;
  readonly clock: EmulatorClock;
  /** What was taken on so far, whatever was answered. */
  accepted(): AcceptedRecord;
  /** Every request so far, in order of arrival. */
  requests(): readonly RequestRecord[];
  /** What is wrong with the results that were written so far; they are written when they are first asked for. */
  damaged(): readonly DamagedLine[];
  /**
   * The keys of an accepted job (`batches/…`) in the order of its input, null for a request without one.
   * @throws {Error} when no such job was accepted
   */
  requestKeys(job: string): Promise<readonly (string | null)[]>;
  /** The bytes of an uploaded file (`files/…`) as received; undefined when it is unknown or was deleted unused. */
  readFile(name: string): Promise<Buffer | undefined>;
  addFault(rule: FaultRule): void;
  clearFaults(): void;
  /** Ends all connections and removes the temporary files. */
  close(): Promise<void>;
}

/**
 * Starts an emulator on the loopback interface.
 * @throws {BatchSubmitError} `E_CONFIG` when `answers` names no file of answers
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const settings = resolveOptions({ ...(await answered(options)), ...options });
  const directory = await openDirectory(settings.dataDir);
  const backend = createBackend(settings, directory);
  const faults = createFaultBook(settings.faults, createRandom(hashSeed(settings.seed, 'faults')));
  // Idle connections are kept for long: a reset that no fault rule asked for would confuse a test.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 65_000 }, (request, response) => {
    serve(backend, faults, request, response).catch(() => response.destroy());
  });
  const removeFiles = async (): Promise<void> => await rm(directory, { recursive: true, force: true });
  const port = await listen(server, settings.port).catch(async (error: unknown) => {
    await removeFiles();
    throw error;
  });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    clock: settings.clock,
    accepted: () => readAccepted(backend, settings.clock.now()),
    requests: () => backend.ledger.requests,
    damaged: () => backend.damaged.all(),
    requestKeys: async (job) => await readRequestKeys(backend, job),
    readFile: async (name) => await readUploaded(backend, name),
    addFault: (rule) => faults.add(rule),
    clearFaults: () => faults.clear(),
    async close() {
      await closeServer(server);
      if (settings.dataDir === undefined) await removeFiles();
    },
  };
}

async function answered({ answers }: EmulatorOptions): Promise<EmulatorOptions> {
  if (answers === undefined) return {};
  // Loaded only here: an emulator without answers needs no schema.
  const { readAnsweredOptions } = await import('./probe-answers.ts');
  return await readAnsweredOptions(answers);
}

function createBackend(settings: Settings, directory: string): Backend {
  const stream = (purpose: string): Random => createRandom(hashSeed(settings.seed, purpose));
  const damaged = createDamageBook();
  return {
    settings,
    damaged,
    files: createFileStore(settings),
    sessions: createUploadSessions(directory, stream('sessions'), settings),
    jobs: createJobStore(settings),
    results: createResultFiles(directory, settings, damaged),
    ledger: createLedger(),
    random: {
      fileIds: stream('file ids'),
      jobIds: stream('job ids'),
      jobTimes: stream('job times'),
      timestamps: stream('timestamps'),
    },
  };
}

async function openDirectory(dataDir: string | undefined): Promise<string> {
  if (dataDir === undefined) return await mkdtemp(join(tmpdir(), 'gemini-emulator-'));
  await mkdir(dataDir, { recursive: true });
  // A fresh directory inside: an emulator keeps no state from one start to the next.
  return await mkdtemp(join(dataDir, 'run-'));
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('Cannot read the port of the emulator');
  return address.port;
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
