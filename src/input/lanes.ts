import type { FileHandle } from 'node:fs/promises';
import { segmentsOf, type Segment, type SegmentOptions, type SkippedLine } from './segments.ts';

/** Most of an answer is numbers. Their memory goes back and forth, so that none of it is left behind. */
export interface LaneAnswer {
  readonly numbers: Uint32Array;
}

/**
 * What is done with one segment after the other. The bytes are the lane's only during the call.
 * @param room memory for the numbers of the answer, if it suffices
 */
export type Lane<A extends LaneAnswer> = (segment: Segment, room: Uint32Array | undefined) => A;

/** Several lanes for the segments of one file. */
export interface Lanes<A extends LaneAnswer> {
  /** Does the work; the segment comes back with the answer, for its bytes may have been elsewhere. */
  run(segment: Segment, room: Uint32Array | undefined): Promise<Done<A>>;
  readonly count: number;
  /** How long a segment is, where it matters. */
  readonly segmentBytes?: number | undefined;
  close(): Promise<void>;
}

/** An answer, and the segment that it speaks of. */
export interface Done<A> {
  readonly segment: Segment;
  readonly answer: A;
}

/** The same work without a thread, for tests. */
export function lanesHere<A extends LaneAnswer>(lane: Lane<A>, segmentBytes?: number): Lanes<A> {
  return {
    count: 1,
    segmentBytes,
    run: (segment, room) => Promise.resolve({ segment, answer: lane(segment, room) }),
    close: () => Promise.resolve(),
  };
}

export interface LaneReader<A extends LaneAnswer> extends Omit<SegmentOptions, 'spare' | 'segmentBytes'> {
  /** Called in the order of the file. */
  onAnswer(done: Done<A>): void;
  onSkipped(line: SkippedLine): void;
}

/**
 * Sends the segments of a file through the lanes and hands out the answers in the order of the file. A few
 * segments are under way at a time, so memory is flat.
 * @throws what a lane throws, a system error of the file, or the signal's reason when it is aborted
 */
export async function readInLanes<A extends LaneAnswer>(
  file: FileHandle,
  lanes: Lanes<A>,
  reader: LaneReader<A>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const underWay: Promise<Done<A> | SkippedLine>[] = [];
  const { segmentBytes } = lanes;
  const spare: Buffer[] = [];
  const rooms: Uint32Array[] = [];
  const finishFirst = async (): Promise<void> => {
    const done = await underWay.shift();
    signal?.throwIfAborted();
    if (done === undefined) return;
    if ('segment' in done) {
      reader.onAnswer(done);
      spare.push(Buffer.from(done.segment.bytes.buffer));
      rooms.push(done.answer.numbers);
    } else reader.onSkipped(done);
  };
  for await (const piece of segmentsOf(file, { ...reader, segmentBytes, spare })) {
    signal?.throwIfAborted();
    const done = 'bytes' in piece ? lanes.run(piece, rooms.pop()) : Promise.resolve(piece);
    // A failure is heard when its turn comes; until then nobody else may take it for unhandled.
    done.catch(() => undefined);
    underWay.push(done);
    while (underWay.length > 2 * lanes.count) await finishFirst();
  }
  while (underWay.length > 0) await finishFirst();
}
