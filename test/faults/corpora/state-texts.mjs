import { edited, refused, SECRET, spelt } from './state-tools.mjs';

/** Shares of a real state after which it is cut; a power cut chooses any. */
const CUTS = [1, 2, 0.001, 0.01, ...Array.from({ length: 24 }, (_, index) => (index + 1) / 25), -3, -2];

const bytes = (...values) => Buffer.from(values);

/** States whose bytes are no JSON, or JSON that cannot be trusted. @type {readonly import('./state-tools.mjs').StateCase[]} */
export const STATE_TEXTS = [
  ...CUTS.map((cut) =>
    refused(`cut after ${cut}`, ({ state }) => cutAt(state, cut), /ends too early|not JSON/),
  ),
  refused('empty', () => '', /it is empty/),
  refused('one line end', () => '\n', /ends too early/),
  refused('spaces', () => ' '.repeat(5000), /ends too early/),
  refused('zero bytes', () => Buffer.alloc(4096), /only zero bytes/),
  refused('one zero byte', () => bytes(0), /only zero bytes/),
  refused('zero bytes at the end', ({ state }) => Buffer.concat([state, Buffer.alloc(512)]), /not JSON/),
  refused('zero bytes at the start', ({ state }) => Buffer.concat([Buffer.alloc(512), state]), /not JSON/),
  refused('a page of zero bytes in the middle', ({ state }) => state.fill(0, 200, 400), /not JSON/),
  refused('half of it, then the whole', ({ state }) => Buffer.concat([state.subarray(0, 300), state])),
  refused('twice', ({ state }) => Buffer.concat([state, state]), /something follows its end/),
  refused('trailing garbage', ({ state }) => `${state}${SECRET}`, /something follows its end/),
  refused('a trailing bracket', ({ state }) => `${state}}`, /something follows its end/),
  refused(
    'merge markers',
    ({ state }) => `<<<<<<< HEAD\n${state}=======\n${state}>>>>>>> ${SECRET}\n`,
    /line 1/,
  ),
  refused('merge markers inside', ({ state }) =>
    state.toString().replace('"batches"', `\n<<<<<<< HEAD\n"batches"`),
  ),
  refused('HTML', () => `<!doctype html><title>${SECRET}</title>`, /not JSON/),
  refused('a shell error', () => `bash: ${SECRET}: command not found\n`, /not JSON/),
  refused('YAML', () => `version: 1\nstate_id: ${SECRET}\n`, /not JSON/),
  refused('a comment', ({ state }) => `// ${SECRET}\n${state}`, /not JSON/),
  refused('words', () => SECRET, /not JSON/),
  refused('single quotes', ({ state }) => state.toString().replaceAll('"', "'"), /not JSON/),
  refused('no quotes', ({ state }) => state.toString().replaceAll('"', ''), /not JSON/),
  refused('a trailing comma', ({ state }) => state.toString().replace(/\}\s*$/, ',}'), /not JSON/),
  refused('curly quotes', ({ state }) => state.toString().replace('"version"', '“version”'), /not JSON/),
  refused(
    'a raw line end in a text',
    ({ state }) => state.toString().replace('"files/', '"files\n/'),
    /not JSON/,
  ),
  refused(
    'a raw control in a text',
    ({ state }) => state.toString().replace('"files/', '"\u0007files/'),
    /not JSON/,
  ),
  refused(
    'an escape that is none',
    ({ state }) => state.toString().replace('"files/', '"\\xfiles/'),
    /not JSON/,
  ),
  refused('half an escape', ({ state }) => state.toString().replace('"files/', '"\\u12files/'), /not JSON/),
  refused('UTF-16', ({ state }) => Buffer.from(`\ufeff${state}`, 'utf16le'), /not UTF-8/),
  refused(
    'UTF-16 without a mark',
    ({ state }) => Buffer.from(state.toString(), 'utf16le'),
    /not JSON|not UTF-8/,
  ),
  refused('UTF-32', () => bytes(0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0), /not UTF-8/),
  refused(
    'Latin-1',
    ({ state }) => Buffer.from(state.toString().replace('"files/', '"é/'), 'latin1'),
    /not UTF-8/,
  ),
  refused('half a character', ({ state }) =>
    Buffer.concat([state.subarray(0, 60), bytes(0xc3), state.subarray(60)]),
  ),
  refused('a surrogate', ({ state }) => Buffer.concat([bytes(0xed, 0xa0, 0x80), state]), /not UTF-8/),
  refused('an overlong character', ({ state }) => Buffer.concat([bytes(0xc0, 0xaf), state]), /not UTF-8/),
  refused('two byte order marks', ({ state }) => `\ufeff\ufeff${state}`, /not JSON/),
  refused('a mark in the middle', ({ state }) => state.toString().replace('{', '{\ufeff'), /not JSON/),
  refused('gzip', () => bytes(0x1f, 0x8b, 8, 0, 0, 0, 0, 0), /not UTF-8/),
  refused('random bytes', () =>
    Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 131 + 89) % 251)),
  ),
  refused('a list', ({ value }) => JSON.stringify([value]), /not an object/),
  refused('an empty list', () => '[]', /not an object/),
  refused('null', () => 'null', /not an object/),
  refused('true', () => 'true', /not an object/),
  refused('a number', () => '1', /not an object/),
  refused('a text', () => JSON.stringify(SECRET), /not an object/),
  refused('the state as a text', ({ state }) => JSON.stringify(state.toString()), /not an object/),
  refused('an empty object', () => '{}', /none of the keys/),
  refused('an object of something else', () => JSON.stringify({ password: SECRET }), /none of the keys/),
  refused(
    'JSON Lines',
    ({ value }) => `${JSON.stringify(value)}\n${JSON.stringify(value)}\n`,
    /follows its end/,
  ),
  refused('200,000 lists', () => '['.repeat(200_000), /64 levels/),
  refused('200,000 closed lists', () => `${'['.repeat(200_000)}${']'.repeat(200_000)}`, /64 levels/),
  refused('200,000 objects', () => '{"a":'.repeat(200_000), /64 levels/),
  edited(
    '200 levels under a key of its own',
    (state) => JSON.stringify(state).replace('{', `{"x": ${'['.repeat(200)}${']'.repeat(200)},`),
    /64 levels/,
  ),
  refused(
    'a prototype at the top',
    ({ state }) => state.toString().replace('{', '{"__proto__": {"version": 1},'),
    /"__proto__"/,
  ),
  refused(
    'an escaped prototype',
    ({ state }) => state.toString().replace('{', '{"__proto\\u005f_": {},'),
    /"__proto__"/,
  ),
  refused(
    'a constructor',
    ({ state }) => state.toString().replace('{', '{"constructor": {},'),
    /"constructor"/,
  ),
  refused('a prototype in a record', ({ state }) =>
    state.toString().replace('"status"', '"__proto__": {}, "status"'),
  ),
  refused('"prototype" for a batch', ({ state }) =>
    state.toString().replace('"batches": {', '"batches": {"prototype": {},'),
  ),
  spelt('a key twice', '"version": 1', '"version": 1, "version": 1', /same key is given twice/),
  spelt(
    'a key twice, once escaped',
    '"version": 1',
    '"version": 1, "v\\u0065rsion": 2',
    /same key is given twice/,
  ),
  spelt('a batch twice', '"batches": {', '"batches": {"1": {"status": "pending", "attempt": 1},', /twice/),
  spelt('1e400', '"version": 1', '"version": 1, "x": 1e400', /too large/),
  spelt('a version of 1e400', '"version": 1', '"version": 1e400', /too large/),
  spelt('an integer beyond 2^53', '"version": 1', '"version": 1, "x": 9007199254740993', /too large/),
  spelt('a size beyond 2^53', '"sizeBytes": ', '"sizeBytes": 99999999999999999', /too large/),
  spelt('a number of 1,000 digits', '"version": 1', `"version": 1, "x": ${'9'.repeat(1000)}`, /too large/),
  spelt('NaN', '"version": 1', '"version": NaN', /not JSON/),
  spelt('Infinity', '"version": 1', '"version": -Infinity', /not JSON/),
  spelt('undefined', '"version": 1', '"version": undefined', /not JSON/),
  spelt('a hexadecimal number', '"version": 1', '"version": 0x1', /not JSON/),
  spelt('a leading zero', '"version": 1', '"version": 01', /not JSON/),
];

function cutAt(state, cut) {
  if (cut < 0) return state.subarray(0, cut);
  return state.subarray(0, cut >= 1 ? cut : Math.max(1, Math.floor(state.length * cut)));
}
