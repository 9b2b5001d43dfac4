import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock, startEmulator, type Emulator, type EmulatorOptions } from '../../src/emulator/index.ts';
import type { LibraryOptions, LibrarySettings } from '../../src/index.ts';
import { writeBatches } from '../cli/batch-files.ts';
import { FAKE_KEY } from '../cli/run-cli.ts';

/** A folder with batches that is not the working directory, and a service of its own. */
export interface LibraryBench {
  readonly folder: string;
  readonly emulator: Emulator;
  /** Options for a client that works there, with waits as short as a test can bear. */
  readonly options: LibraryOptions & { readonly settings: LibrarySettings };
  readonly path: (...names: readonly string[]) => string;
}

/** Opens a bench that is gone when the test ends. A job takes 100 ms of real time. */
export async function openBench(
  batches: readonly number[] = [1, 2, 3],
  service: EmulatorOptions = {},
): Promise<LibraryBench> {
  const root = await mkdtemp(join(tmpdir(), 'batch-submit-library-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, 'work');
  await mkdir(folder);
  await writeBatches(join(folder, 'batches'), batches);
  const emulator = await startEmulator({ clock: systemClock, jobTimeMs: 100, ...service });
  onTestFinished(() => emulator.close());
  const settings: LibrarySettings = {
    baseUrl: emulator.url,
    concurrency: 1,
    poll: '50ms',
    rateLimitWait: '200ms',
    retryDelay: '5ms',
    settle: '300ms',
  };
  return {
    folder,
    emulator,
    options: { directory: folder, apiKey: FAKE_KEY, env: {}, settings },
    path: (...names) => join(folder, ...names),
  };
}
