import { onTestFinished } from 'vitest';
import {
  createVirtualClock,
  type Emulator,
  type EmulatorOptions,
  startEmulator,
  type VirtualClock,
} from '../../../src/emulator/index.ts';
import { ApiClient } from './api-client.ts';

export interface TestBed {
  readonly emulator: Emulator;
  readonly clock: VirtualClock;
  readonly api: ApiClient;
}

/** An emulator on a virtual clock that lives as long as the test. Jobs take ten seconds. */
export async function startTestBed(options: EmulatorOptions = {}): Promise<TestBed> {
  const clock = createVirtualClock();
  const emulator = await startEmulator({ clock, jobTimeMs: 10_000, ...options });
  onTestFinished(async () => await emulator.close());
  return { emulator, clock, api: new ApiClient(emulator.url) };
}
