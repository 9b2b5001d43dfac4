import type { Emulator, EmulatorOptions } from '../emulator/index.ts';

/**
 * Starts an emulator of the service on the loopback interface. It is loaded when it is started: who runs batches
 * does not pay for it.
 * @throws {BatchSubmitError} `E_CONFIG` when `answers` names no file of answers
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await import('../emulator/index.ts');
  return await emulator.startEmulator(options);
}
