import { SECRET } from './state-tools.mjs';

const LINE_END = 0x0a;

/** Offsets from the end at which the log is cut: each place in the last line, and a sample of the one before. */
const FROM_END = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 120, 144, 160, 180, 200, 233, 260, 300, 330, 377];

const log = (id, change) => ({ id: `log: ${id}`, log: ({ log: bytes }) => change(bytes) });
const appended = (id, text) => log(id, (bytes) => Buffer.concat([bytes, Buffer.from(text)]));
const lines = (bytes) => bytes.toString('utf8').trimEnd().split('\n');

/**
 * Logs that a crash, an editor or another program left. The log explains and is never believed, so every
 * run must go well, keep the bytes it found, and write whole lines of its own after them.
 * @type {readonly import('./state-tools.mjs').StateCase[]}
 */
export const LOG_FILES = [
  ...FROM_END.map((end) => log(`cut ${end} bytes before its end`, (bytes) => bytes.subarray(0, -end))),
  log('empty', () => ''),
  log('one line end', () => '\n'),
  log('one byte', () => '{'),
  log('only zero bytes', () => Buffer.alloc(4096)),
  appended('zero bytes at the end', '\0'.repeat(512)),
  appended('zero bytes and a line end', `${'\0'.repeat(512)}\n`),
  appended('binary garbage', Buffer.from(Array.from({ length: 999 }, (_, index) => (index * 89) % 256))),
  appended('half a character', Buffer.from([0x7b, 0xe2, 0x82])),
  log('no final newline', (bytes) => bytes.subarray(0, -1)),
  log('CRLF', (bytes) => bytes.toString('utf8').replaceAll('\n', '\r\n')),
  log('a byte order mark', (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])),
  appended('words of somebody else', `${SECRET}\n`),
  appended('JSON of somebody else', `{"message": "${SECRET}"}\n`),
  appended('JSON of somebody else, not ended', `{"message": "${SECRET}"}`),
  appended('a list', '[1, 2]\n'),
  appended('a list, not ended', '[1, 2]'),
  appended('null, not ended', 'null'),
  appended('blank lines', '\n\n\n'),
  appended('a prototype', '{"__proto__": {"seq": 9}}\n'),
  appended('merge markers', '<<<<<<< HEAD\n=======\n>>>>>>> x\n'),
  appended('a line of 10 MB', `{"x": "${'x'.repeat(10 * 1024 * 1024)}"}\n`),
  appended('a line of 10 MB, not ended', `{"x": "${'x'.repeat(10 * 1024 * 1024)}`),
  appended('a whole line of 100 KB, not ended', `{"x": "${'x'.repeat(100 * 1024)}"}`),
  appended('a number too large', '{"event": "x", "run": "r", "seq": 99999999999999999999}\n'),
  appended(
    'a run that is not ours',
    '{"timestamp":"x","event":"run_started","data":{},"run":"r-x","seq":1}\n',
  ),
  appended(
    'a job that was never made',
    '{"event":"batch_created","batch":3,"data":{"job":"batches/x"},"run":"r","seq":1}\n',
  ),
  log(
    'a gap in its numbers',
    (bytes) => `${[...lines(bytes).slice(0, 2), ...lines(bytes).slice(3)].join('\n')}\n`,
  ),
  log(
    'every line twice',
    (bytes) =>
      `${lines(bytes)
        .flatMap((line) => [line, line])
        .join('\n')}\n`,
  ),
  log('upside down', (bytes) => `${lines(bytes).toReversed().join('\n')}\n`),
  log('100,000 lines', (bytes) => Buffer.concat([Buffer.from('{"a":1}\n'.repeat(100_000)), bytes])),
];

/**
 * What must be left of a log: every whole line as it was, and what was torn off kept beside it.
 * @param {Buffer} before
 * @param {Buffer} after
 * @param {Buffer | undefined} torn
 * @returns {string | undefined} what is wrong
 */
export function faultOfLog(before, after, torn) {
  const whole = before.lastIndexOf(LINE_END) + 1;
  if (!after.subarray(0, whole).equals(before.subarray(0, whole)))
    return 'lines that were there have changed';
  const tail = before.subarray(whole);
  // A whole line that lacks only its end stays where it is; anything else is a piece, and is put aside.
  const isCompleted = isWholeLine(tail) && after.subarray(whole, before.length).equals(tail);
  if (tail.length > 0 && !isCompleted && torn?.includes(tail) !== true) return 'the torn line is gone';
  if (after.at(-1) !== LINE_END) return 'it ends in the middle of a line';
  const own = after
    .subarray(isCompleted ? before.length + 1 : whole)
    .toString('utf8')
    .trimEnd();
  const next = new Map();
  for (const line of own.split('\n')) {
    let entry;
    try {
      entry = JSON.parse(line);
    } catch {
      return `a line of ours is not JSON: ${line.slice(0, 60)}`;
    }
    const expected = next.get(entry.run) ?? 1;
    if (entry.seq !== expected) return `a line of ours is seq ${entry.seq}, not ${expected}`;
    next.set(entry.run, expected + 1);
  }
  return undefined;
}

function isWholeLine(bytes) {
  try {
    const value = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
