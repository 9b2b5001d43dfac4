/** Numbers up to 4,294,967,295, some of which belong together, in one piece of memory. */
export interface NumberList {
  add(first: number, second: number, third: number, fourth: number): void;
  all(): Uint32Array;
}

/** How many numbers belong together. */
export const TOGETHER = 4;
const FIRST_ROOM = 4096;

/** @param room memory that may be written over; more is taken where it does not suffice */
export function createNumberList(room: Uint32Array | undefined): NumberList {
  let numbers = room === undefined ? new Uint32Array(FIRST_ROOM) : new Uint32Array(room.buffer);
  let used = 0;
  return {
    add(first, second, third, fourth) {
      if (used + TOGETHER > numbers.length) {
        const roomier = new Uint32Array(Math.max(FIRST_ROOM, numbers.length * 2));
        roomier.set(numbers);
        numbers = roomier;
      }
      numbers[used] = first;
      numbers[used + 1] = second;
      numbers[used + 2] = third;
      numbers[used + 3] = fourth;
      used += TOGETHER;
    },
    all: () => numbers.subarray(0, used),
  };
}
