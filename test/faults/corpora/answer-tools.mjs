import { KEY } from '../child.mjs';

/**
 * One hostile answer.
 * @typedef {object} Answer
 * @property {string} name
 * @property {(exchange: import('../proxy.mjs').Exchange, hands: import('../faults.mjs').Hands) => unknown} give
 *   answers, or changes `exchange.reply`, which is then sent
 * @property {'before' | 'after'} [when] does the service act first? Default `after`
 * @property {number | readonly number[]} [first] how the run that met it ends, default 0
 * @property {boolean} [hasCopies] the input is uploaded again, because the first copy is given up for good
 */

/**
 * Hostile answers of one call, and how to get there.
 * @typedef {object} Table
 * @property {string} call as the emulator names it
 * @property {number} [ordinal] default 1
 * @property {boolean} [sinceDelete] see `points.mjs`
 * @property {import('../points.mjs').Rule} [first] what must go wrong for this call to be made at all
 * @property {readonly Answer[]} answers
 */

/** What no terminal may be sent: a colour, a title, a bell, a carriage return, a C1 control, turned text. */
export const NASTY =
  '\u001b[31mred\u001b[0m \u001b]0;title\u0007 \r\b\u0000\u009b2J \u202egnp.exe\u2066 \u200b';

export const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' };

/** @returns {Pick<Answer, 'name' | 'give'>} a body, as JSON unless it is text already, under a status */
export function body(name, content, status = 200, headers = JSON_TYPE) {
  const text = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
  return { name, give: (exchange) => exchange.answer(status, headers, text) };
}

/** Bytes as they go over the wire, for what no server library would send. */
export function wire(name, ...pieces) {
  return { name, give: (exchange) => exchange.raw(Buffer.concat(pieces.map((piece) => Buffer.from(piece)))) };
}

/** The honest answer with its JSON changed. */
export function changed(name, change) {
  return {
    name,
    give(exchange) {
      const { status, headers, body: bytes } = exchange.reply;
      const value = change(JSON.parse(bytes.toString('utf8')), exchange);
      const { 'content-length': _length, ...rest } = headers;
      return exchange.answer(status, rest, typeof value === 'string' ? value : JSON.stringify(value));
    },
  };
}

/** The honest answer with other headers; `undefined` takes one away. */
export function withHeaders(name, headers) {
  return {
    name,
    give(exchange, hands) {
      const own = typeof headers === 'function' ? headers(exchange, hands) : headers;
      const merged = Object.entries({ ...exchange.reply.headers, ...own });
      const { status, body: bytes } = exchange.reply;
      return exchange.answer(
        status,
        Object.fromEntries(merged.filter(([, value]) => value !== undefined)),
        bytes,
      );
    },
  };
}

/** An error as Google writes it. The service has not acted: such an answer is believed. */
export function refusal(name, code, status, message, first, details = []) {
  return {
    ...body(`${code}: ${name}`, { error: { code, message, status, details } }, code),
    when: 'before',
    first,
  };
}

/** A value at a path of an object, all else as it was. */
export function set(object, [head, ...tail], value) {
  const inner = tail.length === 0 ? value : set(object?.[head] ?? {}, tail, value);
  return { ...object, [head]: inner };
}

/** JSON that names a number beyond all, or a prototype, which no object in this process could hold. */
export function textOf(object, marker, text) {
  return JSON.stringify(object).replace(JSON.stringify(marker), () => text);
}

export const ECHO = `key=${KEY} x-goog-api-key: ${KEY} ${encodeURIComponent(KEY)} ${Buffer.from(KEY).toString('base64')}`;
