/** A source of choices that the seed decides. */
export interface Dice {
  /** A whole number from 0 to `most - 1`. */
  readonly below: (most: number) => number;
  readonly oneOf: <T>(list: readonly [T, ...T[]]) => T;
}

/** Bytes to send, and the id under which the protocol demands an answer, where it demands one. */
export interface Fuzz {
  readonly bytes: Uint8Array;
  readonly mustAnswer?: string;
}

export interface FuzzOptions {
  /** Tools that pay, delete or write: they get arguments that no schema allows. */
  readonly guarded: readonly string[];
  /** Tools that may be called properly, too. */
  readonly free: readonly string[];
}

/** Mulberry32: small, and the same on every machine. */
export function createDice(seed: number): Dice {
  let state = seed;
  const below = (most: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
  return { below, oneOf: (list) => list[below(list.length)] ?? list[0] };
}

/** The next message; `number` makes its id. */
export function nextFuzz(dice: Dice, number: number, options: FuzzOptions): Fuzz {
  const id = `fuzz-${number}`;
  return dice.oneOf(KINDS)(dice, id, options);
}

type Kind = (dice: Dice, id: string, options: FuzzOptions) => Fuzz;

const ODD = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  '',
  'x'.repeat(5000),
  '\u0000\u001B[2J\u202E',
  '\uD800',
  '💥',
  [],
  {},
  [[[]]],
  { a: { b: { c: [] } } },
  '../../etc/passwd',
  '__proto__',
] as const;

/** No tool takes these: a wrong type of a known member, or a member that it does not have. */
const BAD_ARGUMENTS = [
  '{"maxSecond":1}',
  '{"only":3}',
  '{"only":null}',
  '{"only":["1"]}',
  '{"confirm":"yes"}',
  '{"confirm":true,"Confirm":true}',
  '{"maxBatches":"1","confirm":true}',
  '{"maxBatches":1e999}',
  '{"maxSeconds":{}}',
  '{"constructor":{"prototype":{"confirm":true}}}',
  '{"toString":1}',
  '{"\\u0000":1}',
  '{"path":"/proc/self/environ"}',
  '[]',
  '[{"confirm":true}]',
  '"batch"',
  '1',
] as const;

const METHODS = [
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/read',
  'resources/templates/list',
  'resources/subscribe',
  'prompts/list',
  'prompts/get',
  'ping',
  'logging/setLevel',
  'completion/complete',
  'sampling/createMessage',
  'server/discover',
  'subscriptions/listen',
  'initialize',
  'constructor',
  '__proto__',
  '',
] as const;

const KINDS: readonly [Kind, ...Kind[]] = [
  // Proper calls of tools that only look, with tokens of every kind.
  (dice, id, { free }) => {
    const name = free[dice.below(free.length)] ?? 'batch_status';
    const token = dice.oneOf([undefined, 1, 'token', 0, -1] as const);
    const meta = token === undefined ? {} : { _meta: { progressToken: token } };
    return request(id, 'tools/call', { name, arguments: {}, ...meta });
  },
  // Arguments that are wrong.
  (dice, id, { guarded, free }) => {
    const name = [...guarded, ...free][dice.below(guarded.length + free.length)];
    const text = dice.oneOf(BAD_ARGUMENTS);
    return {
      ...line(
        `{"jsonrpc":"2.0","id":"${id}","method":"tools/call","params":{"name":"${name}","arguments":${text}}}`,
      ),
      mustAnswer: id,
    };
  },
  (dice, id) =>
    request(id, 'tools/call', { name: dice.oneOf(['batch_rum', 'rm', '', '__proto__', 'constructor']) }),
  (dice, id) => request(id, `${dice.oneOf(METHODS)}${dice.oneOf(['x', '/', '\u0000', ' '])}`, {}),
  // A known method with members of any type. A tool is never named here.
  (dice, id) => {
    const method = dice.oneOf(METHODS);
    const name = dice.oneOf(['name', 'uri', 'cursor', '_meta', 'arguments', 'requestId', 'protocolVersion']);
    return line(JSON.stringify({ jsonrpc: '2.0', id, method, params: { [name]: dice.oneOf(ODD) } }));
  },
  (dice, id) =>
    line(JSON.stringify({ jsonrpc: '2.0', id, method: dice.oneOf(METHODS), params: dice.oneOf(ODD) })),
  // The frame of a message is wrong.
  (dice, _id) => line(JSON.stringify({ jsonrpc: '2.0', id: dice.oneOf(ODD), method: 'tools/list' })),
  (dice, id) => line(JSON.stringify({ jsonrpc: dice.oneOf(ODD), id, method: dice.oneOf(METHODS) })),
  (dice, id) => line(JSON.stringify({ jsonrpc: '2.0', id, method: dice.oneOf(ODD) })),
  (dice, id) =>
    line(JSON.stringify({ jsonrpc: '2.0', id, [dice.oneOf(['result', 'error'])]: dice.oneOf(ODD) })),
  (dice, id) => line(JSON.stringify([{ jsonrpc: '2.0', id, method: dice.oneOf(METHODS) }, dice.oneOf(ODD)])),
  (dice) => line(JSON.stringify(dice.oneOf(ODD))),
  // Notifications, and cancellations of what is not there.
  (dice) => {
    const method = dice.oneOf([
      'notifications/cancelled',
      'notifications/progress',
      'notifications/initialized',
      'x',
    ]);
    const params = { requestId: dice.oneOf(ODD), progressToken: dice.oneOf(ODD), progress: dice.oneOf(ODD) };
    return line(JSON.stringify({ jsonrpc: '2.0', method, params }));
  },
  // A claim of another revision of the protocol.
  (dice, id) => {
    const version = dice.oneOf(['2026-07-28', '2099-01-01', '', 'x'] as const);
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': version,
      [dice.oneOf(['a', '__proto__'])]: {},
    };
    return line(JSON.stringify({ jsonrpc: '2.0', id, method: dice.oneOf(METHODS), params: { _meta } }));
  },
  // Deep, long and large.
  (dice, id) => {
    const depth = 1 + dice.below(4000);
    const value = dice.oneOf([
      `${'['.repeat(depth)}${']'.repeat(depth)}`,
      `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
      '9'.repeat(depth),
      `"${'\\u0000'.repeat(depth)}"`,
    ]);
    const method = dice.oneOf(['ping', 'tools/list', 'prompts/get']);
    return line(`{"jsonrpc":"2.0","id":"${id}","method":"${method}","params":{"x":${value}}}`);
  },
  // Bytes: cut, glued, changed, no UTF-8.
  (dice, id) => {
    const whole = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/list', params: {} });
    return line(whole.slice(0, dice.below(whole.length)));
  },
  (dice, id) => {
    const whole = JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' });
    return line(`${whole}${dice.oneOf(['', ' ', '\r', '\u0000', ','])}${whole}`);
  },
  (dice, id) => {
    const bytes = Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'resources/list' })}\n`);
    for (let change = 0; change <= dice.below(4); change += 1)
      bytes[dice.below(bytes.length - 1)] = dice.below(256);
    return { bytes };
  },
  (dice) => ({
    bytes: Buffer.from([...Array.from({ length: 1 + dice.below(200) }, () => dice.below(256)), 0x0a]),
  }),
  (dice) => line(dice.oneOf(['', ' ', '\r', '\uFEFF', 'Content-Length: 3', 'null', '{', '[]', '{}'])),
];

/** One that is proper as a request, whatever it asks for: it must be answered. */
function request(id: string, method: string, params: object): Fuzz {
  return { ...line(JSON.stringify({ jsonrpc: '2.0', id, method, params })), mustAnswer: id };
}

function line(text: string): Fuzz {
  return { bytes: Buffer.from(`${text}\n`) };
}
