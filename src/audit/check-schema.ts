import type { ZodType } from 'zod';
import { isObject, type JsonObject } from '../input/check-line.ts';
import type { Expectations } from './expectation.ts';
import { translateSchema } from './translate-schema.ts';

/**
 * What does not fit, as a sentence such as `pairs[3].answer is missing`; `undefined` when all fits.
 * Never throws, and never says what a value is.
 */
export type SchemaCheck = (schema: number, value: unknown) => string | undefined;

/**
 * Loads zod if there is a schema at all, so ask for it after all requests are read. A schema is
 * compiled when it is first used. One that cannot be compiled lets everything pass.
 */
export async function loadSchemaChecker(
  expectations: Pick<Expectations, 'schemaAt' | 'schemaCount'>,
): Promise<SchemaCheck> {
  if (expectations.schemaCount === 0) return () => undefined;
  const { fromJSONSchema, registry } = await import('zod');
  const compiled = new Map<number, Compiled | undefined>();

  function compile(index: number): Compiled | undefined {
    try {
      const schema = translateSchema(expectations.schemaAt(index));
      // Its own registry: zod's global one would keep every schema for ever.
      return { fits: fromJSONSchema(schema, { registry: registry() }), names: namesIn(schema) };
    } catch {
      return undefined;
    }
  }

  return (index, value) => {
    if (!compiled.has(index)) compiled.set(index, compile(index));
    const schema = compiled.get(index);
    return schema === undefined ? undefined : check(schema, value);
  };
}

/** The same for one schema that is compiled already; `schema` is where the names of its properties come from. */
export function checkerOf(fits: ZodType, schema: JsonObject): (value: unknown) => string | undefined {
  const names = namesIn(schema);
  return (value) => check({ fits, names }, value);
}

interface Compiled {
  readonly fits: ZodType;
  /** Of properties: other names in a path are of the answer's making, and content. */
  readonly names: ReadonlySet<string>;
}

function check({ fits, names }: Compiled, value: unknown): string | undefined {
  try {
    const issue = fits.safeParse(value).error?.issues[0];
    if (issue === undefined) return undefined;
    return `${showPath(issue.path, names)} ${explain(issue.code, at(value, issue.path))}`;
  } catch {
    // Nested deeper than zod can follow, or a reference that leads back to itself.
    return undefined;
  }
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  invalid_type: 'is of another type than the schema says',
  invalid_value: 'is none of the values that the schema allows',
  invalid_union: 'fits none of the forms that the schema allows',
  too_small: 'is smaller than the schema allows',
  too_big: 'is larger than the schema allows',
  unrecognized_keys: 'has a property that the schema forbids',
};

function explain(code: string, value: unknown): string {
  if (value === undefined) return 'is missing';
  return EXPLANATIONS[code] ?? 'does not fit the schema';
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let inner = value;
  for (const step of path) {
    const holder = Object(inner) as object;
    inner = Object.hasOwn(holder, step) ? Reflect.get(holder, step) : undefined;
  }
  return inner;
}

const LONGEST_PATH = 120;

function showPath(path: readonly PropertyKey[], names: ReadonlySet<string>): string {
  let shown = '';
  for (const step of path) {
    if (typeof step === 'number') shown += `[${step}]`;
    else shown += `${shown === '' ? '' : '.'}${names.has(String(step)) ? String(step) : '*'}`;
  }
  if (shown === '') return 'the answer';
  return shown.length > LONGEST_PATH ? `${shown.slice(0, LONGEST_PATH)}…` : shown;
}

function namesIn(schema: JsonObject): ReadonlySet<string> {
  const names = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const member of value) walk(member);
    else if (isObject(value)) {
      if (isObject(value['properties'])) for (const name of Object.keys(value['properties'])) names.add(name);
      for (const member of Object.values(value)) walk(member);
    }
  };
  walk(schema);
  return names;
}
