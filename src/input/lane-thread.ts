import { parentPort, workerData } from 'node:worker_threads';
import type { LaneResult, LaneTask } from './lane-threads.ts';
import type { Lane, LaneAnswer } from './lanes.ts';

/** What `startThreads` hands to a thread. */
interface LaneSetup {
  readonly url: string;
  readonly setup: unknown;
}

interface LaneModule {
  readonly createLane: (setup: unknown) => Lane<LaneAnswer> | Promise<Lane<LaneAnswer>>;
}

const { url, setup } = workerData as LaneSetup;
const { createLane } = (await import(url)) as LaneModule;
const lane = await createLane(setup);

parentPort?.on('message', ({ segment, room }: LaneTask) => {
  const { buffer, byteOffset, byteLength } = segment.bytes as Uint8Array<ArrayBuffer>;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  const back: LaneResult = { bytes, answer: lane({ ...segment, bytes }, room) };
  parentPort?.postMessage(back, [buffer, back.answer.numbers.buffer as ArrayBuffer]);
});
