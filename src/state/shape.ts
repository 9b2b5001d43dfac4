/**
 * Reads one value that should have this shape. `path` is where it stands, such as `job.name`; it is empty for the
 * whole. Members that the shape does not name are left out of what is returned.
 * @throws {ShapeFault}
 */
export type Shape<T> = (value: unknown, path: string) => T;

/** Where and why a value has not the shape it should have. The words are zod's, and never repeat the value. */
export class ShapeFault extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/*
 * Written by hand because every command reads the state, `status` does little else, and zod takes half as long to
 * load as Node itself. What these shapes accept and say is compared with zod in the tests.
 */

export const text: Shape<string> = (value, path) =>
  typeof value === 'string' ? value : refuse(path, 'string', value);

/** Text that is not empty. */
export const name: Shape<string> = (value, path) => {
  const found = text(value, path);
  if (found === '') throw new ShapeFault(path, 'Too small: expected string to have >=1 characters');
  return found;
};

export function matching(pattern: RegExp): Shape<string> {
  return (value, path) => {
    const found = text(value, path);
    if (!pattern.test(found)) throw new ShapeFault(path, `Invalid string: must match pattern ${pattern}`);
    return found;
  };
}

export function oneOf<const T extends string>(words: readonly T[]): Shape<T> {
  return (value, path) => {
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    throw new ShapeFault(
      path,
      `Invalid option: expected one of ${words.map((word) => `"${word}"`).join('|')}`,
    );
  };
}

export const flag: Shape<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : refuse(path, 'boolean', value);

/** A number from 0 on. */
export const amount: Shape<number> = (value, path) => {
  const found = finite(value, path);
  if (found < 0) throw new ShapeFault(path, 'Too small: expected number to be >=0');
  return found;
};

export const int: Shape<number> = (value, path) => {
  const found = finite(value, path);
  if (!Number.isInteger(found)) return refuse(path, 'int', value);
  if (found > Number.MAX_SAFE_INTEGER)
    throw new ShapeFault(path, `Too big: expected int to be <=${Number.MAX_SAFE_INTEGER}`);
  if (found < Number.MIN_SAFE_INTEGER)
    throw new ShapeFault(path, `Too small: expected int to be >=${Number.MIN_SAFE_INTEGER}`);
  return found;
};

/** A whole number from 0 on. */
export const count: Shape<number> = (value, path) => amount(int(value, path), path);

/** A whole number from 1 on. */
export const ordinal: Shape<number> = (value, path) => {
  const found = int(value, path);
  if (found <= 0) throw new ShapeFault(path, 'Too small: expected number to be >0');
  return found;
};

/** What must not be there. */
export const never: Shape<undefined> = (value, path) =>
  value === undefined ? undefined : refuse(path, 'never', value);

export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, path) => (value === undefined ? undefined : shape(value, path));
}

export function nullish<T>(shape: Shape<T>): Shape<T | null | undefined> {
  return (value, path) => (value === undefined || value === null ? value : shape(value, path));
}

export function list<T>(shape: Shape<T>): Shape<T[]> {
  return (value, path) =>
    Array.isArray(value)
      ? value.map((item: unknown, index) => shape(item, within(path, `${index}`)))
      : refuse(path, 'array', value);
}

/** An object with any members. */
export const dictionary: Shape<Members> = (value, path) =>
  isObject(value) ? value : refuse(path, 'record', value);

/** An object whose members are named by some of `words`. */
export function tally<const K extends string, T>(
  words: readonly K[],
  shape: Shape<T>,
): Shape<{ readonly [key in K]?: T }> {
  return (value, path) => {
    const read: { [key in K]?: T } = {};
    const unknown: string[] = [];
    for (const [key, item] of Object.entries(dictionary(value, path))) {
      const word = words.find((known) => known === key);
      if (word === undefined) unknown.push(`"${key}"`);
      else read[word] = shape(item, within(path, word));
    }
    if (unknown.length === 0) return read;
    throw new ShapeFault(path, `Unrecognized key${unknown.length > 1 ? 's' : ''}: ${unknown.join(', ')}`);
  };
}

export function object<const F extends Fields>(fields: F): Shape<ObjectOf<F>> {
  const entries = Object.entries(fields);
  return (value, path) => {
    if (!isObject(value)) return refuse(path, 'object', value);
    const read: { [key: string]: unknown } = {};
    for (const [key, shape] of entries) {
      const member = shape(value[key], within(path, key));
      if (member !== undefined) read[key] = member;
    }
    return read as ObjectOf<F>; // each field was read by its own shape
  };
}

/** Objects of several kinds, told apart by the member `tag`: the fields of each kind, by its word. */
export function kinds<const Tag extends string, const K extends { readonly [kind: string]: Fields }>(
  tag: Tag,
  fieldsOf: K,
): Shape<KindOf<Tag, K>> {
  const words = Object.keys(fieldsOf);
  const shapes = new Map<unknown, Shape<unknown>>(
    words.map((word) => [word, object({ [tag]: text, ...fieldsOf[word] })]),
  );
  return (value, path) => {
    if (!isObject(value)) return refuse(path, 'object', value);
    const shape = shapes.get(value[tag]);
    if (shape !== undefined) return shape(value, path) as KindOf<Tag, K>; // the fields of this very kind
    const expected = words.map((word) => `'${word}'`).join(' | ');
    throw new ShapeFault(within(path, tag), `Invalid discriminator value. Expected ${expected}`);
  };
}

type Members = { readonly [key: string]: unknown };
type Fields = { readonly [key: string]: Shape<unknown> };
type Read<S> = S extends Shape<infer T> ? T : never;
type OptionalKeys<F extends Fields> = {
  [K in keyof F]: undefined extends Read<F[K]> ? K : never;
}[keyof F];
type ObjectOf<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Read<F[K]>;
} & { readonly [K in OptionalKeys<F>]?: Read<F[K]> };
type KindOf<Tag extends string, K extends { readonly [kind: string]: Fields }> = {
  [Kind in keyof K]: { readonly [T in Tag]: Kind } & ObjectOf<K[Kind]>;
}[keyof K];

const finite: Shape<number> = (value, path) =>
  typeof value === 'number' && Number.isFinite(value) ? value : refuse(path, 'number', value);

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function within(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function refuse(path: string, expected: string, value: unknown): never {
  throw new ShapeFault(path, `Invalid input: expected ${expected}, received ${typeName(value)}`);
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && !Number.isFinite(value) ? `${value}` : typeof value;
}
