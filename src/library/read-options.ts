import { resolve } from 'node:path';
import type { CommandSpec, FlagSpec } from '../cli/command-spec.ts';
import type { Invocation } from '../cli/invocation.ts';
import { optionOf } from '../config/setting.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import type { CallOptions } from './library-options.ts';

/** What a call was given, in the form of a parsed command line. */
export type GivenOptions = Pick<Invocation, 'operands' | 'flags'>;

/** Options of every call, which are no flags, and what each may be. */
export const IS_CALL_OPTION: Readonly<Record<keyof CallOptions, (value: unknown) => boolean>> = {
  signal: (value) => value instanceof AbortSignal,
  onEvent: (value) => typeof value === 'function',
};

/**
 * Reads the options of one call by the command's own table, so that the library takes what the command line takes.
 * @param workFolder absolute: where relative paths start from; `undefined`: they stay as they are
 * @throws {BatchSubmitError} `E_USAGE` for an option that the command does not have, or one of another type
 */
export function readOptions(
  spec: CommandSpec,
  options: unknown,
  workFolder: string | undefined,
): GivenOptions {
  // Without a look at it, `submit([])` would submit everything.
  if (!isPlain(options)) {
    throw new BatchSubmitError('E_USAGE', `Cannot ${spec.name}: its options are no plain object`, {
      hint: `write it as \`${spec.name}({ … })\``,
    });
  }
  const given = new Map(Object.entries(options).filter(([, value]) => value !== undefined));
  const names = namesOf(spec);
  for (const [name, value] of given) {
    refuseUnknown(name, [...names.keys(), ...Object.keys(IS_CALL_OPTION)], spec.name);
    const isFine = IS_CALL_OPTION[name as keyof CallOptions] ?? ((): boolean => true);
    if (!isFine(value))
      throw wrongType(
        `the option "${name}" of ${spec.name}`,
        'it is of another type',
        name === 'signal' ? 'AbortSignal.timeout(60_000)' : '(event) => { … }',
      );
  }
  const operands: string[] = [];
  const flags: Record<string, string | boolean> = {};
  for (const [name, part] of names) {
    const value = given.get(name);
    if (value === undefined || (value === false && part.kind === 'either')) continue;
    const whole = `the option "${name}" of ${spec.name}`;
    if (part.kind === 'operand') operands.push(textOf(value, whole));
    else if (part.kind === 'files') operands.push(...pathsOf(value, whole, workFolder));
    else flags[part.flag] = flagValue(part, value, whole, workFolder);
  }
  if (given.has('to') && !given.has('from') && names.get('to')?.kind === 'operand') {
    throw new BatchSubmitError('E_USAGE', `Cannot use the option "to" of ${spec.name} alone`, {
      hint: 'give the first batch as `from`',
    });
  }
  const missing = spec.operands.some(({ name }) => name.startsWith('<')) && operands.length === 0;
  if (missing) throw wrongType(`the option "files" of ${spec.name}`, 'it is empty', "['all.jsonl']");
  return { operands, flags };
}

/** True for `{ … }`; a list, a set or an instance has no options that could be seen. */
export function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm (a worker of a test runner) has an Object.prototype of its own.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** @throws {BatchSubmitError} `E_USAGE`, with the nearest of the known names */
export function refuseUnknown(name: string, known: readonly string[], where: string): void {
  if (known.includes(name)) return;
  const meant = nearest(name, known);
  throw new BatchSubmitError('E_USAGE', `Unknown option "${name}" of ${where}`, {
    hint:
      meant === undefined ? `${where} takes ${known.toSorted().join(', ')}` : `did you mean \`${meant}\`?`,
  });
}

/** What the options of a command are called, but for those of every call. */
export function optionNamesOf(spec: CommandSpec): readonly string[] {
  return [...namesOf(spec).keys()];
}

type FlagKind = 'switch' | 'value' | 'path' | 'either';

interface FlagPart {
  readonly kind: FlagKind;
  readonly flag: string;
}

type Part = { readonly kind: 'operand' } | { readonly kind: 'files' } | FlagPart;

/** Option names and what they stand for, in the order of the operands. */
function namesOf(spec: CommandSpec): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  for (const { name } of spec.operands) {
    const word = name.replaceAll(/[^a-z]/g, '');
    if (name.includes('...')) parts.set('files', { kind: 'files' });
    else parts.set(word, { kind: 'operand' });
  }
  for (const flag of spec.flags) {
    const { long, kind } = readFlag(flag);
    // `from` is the first batch that is taken, everywhere; where files are made, `--from` is another number.
    parts.set(long === 'from' ? 'numberFrom' : optionOf(long), { kind, flag: long });
  }
  return parts;
}

function readFlag({ flags }: FlagSpec): { readonly long: string; readonly kind: FlagKind } {
  const [, long = '', placeholder] = /--([a-z-]+)(?: (\S+))?$/.exec(flags) ?? [];
  if (placeholder === undefined) return { long, kind: 'switch' };
  if (placeholder.startsWith('[')) return { long, kind: 'either' };
  return { long, kind: placeholder === '<file>' || placeholder === '<dir>' ? 'path' : 'value' };
}

function flagValue(
  { kind, flag }: FlagPart,
  value: unknown,
  whole: string,
  workFolder: string | undefined,
): string | boolean {
  if (kind === 'switch' || (kind === 'either' && typeof value === 'boolean')) {
    if (typeof value === 'boolean') return value;
    throw wrongType(whole, 'it is neither true nor false', 'true');
  }
  if (kind === 'path') {
    const path = textOf(value, whole);
    return workFolder === undefined || path === '-' ? path : resolve(workFolder, path);
  }
  return flag === 'canary' || !Array.isArray(value)
    ? textOf(value, whole)
    : value.map((one) => textOf(one, whole)).join(',');
}

function pathsOf(value: unknown, whole: string, workFolder: string | undefined): readonly string[] {
  if (!Array.isArray(value)) throw wrongType(whole, 'it is not a list', "['all.jsonl']");
  return value.map((one) => {
    const path = textOf(one, whole);
    return workFolder === undefined ? path : resolve(workFolder, path);
  });
}

function textOf(value: unknown, whole: string): string {
  if (value === '') throw wrongType(whole, 'it is empty', '3');
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw wrongType(whole, 'it is neither text nor a number', '3');
}

function wrongType(whole: string, fact: string, example: string): BatchSubmitError {
  return new BatchSubmitError('E_USAGE', `Cannot use ${whole}: ${fact}`, {
    hint: `write it as \`${example}\`, or leave it out`,
  });
}
