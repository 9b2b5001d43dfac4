import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** A value that no print, log, JSON or template can show. Only `reveal()` gives it, at the place of use. */
export class Secret {
  readonly #value: string;

  static {
    // console.log and util.inspect ask for this method; it is no part of what a caller sees.
    Object.defineProperty(Secret.prototype, inspect.custom, { value: () => REDACTED });
  }

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }
}
