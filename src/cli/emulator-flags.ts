import { nearest } from '../model/nearest.ts';
import {
  DAMAGE_NAMES,
  parseDamage,
  parseFaults,
  type FaultRule,
  type ResultDamage,
} from '../emulator/index.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { parseDuration } from '../model/units.ts';
import { countFlag, textFlag, type Invocation } from './invocation.ts';

/** How long jobs take: one time, or a seeded choice between two. */
export type JobTime = number | { readonly min: number; readonly max: number };

/** Reads `--job-time 5s` or `--job-time 2s-6s`. */
export function jobTimeFlag(invocation: Invocation, fallback: string): JobTime {
  const text = textFlag(invocation, 'job-time') ?? fallback;
  const [least, most] = text.split('-').map((part) => parseDuration(part));
  if (least === undefined || (text.includes('-') && (most === undefined || most < least)))
    throw badTime('job-time', text);
  return most === undefined ? least : { min: least, max: most };
}

/** Reads `--latency 50ms`. */
export function latencyFlag(invocation: Invocation): number {
  const text = textFlag(invocation, 'latency') ?? '0ms';
  const ms = parseDuration(text);
  if (ms === undefined) throw badTime('latency', text);
  return ms;
}

/** Reads `--faults 429:0.2,503:0.05`. */
export function faultsFlag(invocation: Invocation, fallback: string): readonly FaultRule[] {
  const parsed = parseFaults(textFlag(invocation, 'faults') ?? fallback);
  if (parsed.ok) return parsed.rules;
  throw new BatchSubmitError('E_USAGE', `Cannot use --faults: ${parsed.error}`, {
    hint: 'write it as `--faults 429:0.2,503:0.05,drop:0.01`',
  });
}

/** Reads `--damage missing:0.02,shuffle`. */
export function damageFlag(invocation: Invocation): ResultDamage | undefined {
  const text = textFlag(invocation, 'damage');
  if (text === undefined) return undefined;
  const parsed = parseDamage(text);
  if (parsed.ok) return parsed.damage;
  const meant = parsed.unknown === undefined ? undefined : nearest(parsed.unknown, DAMAGE_NAMES);
  throw new BatchSubmitError('E_USAGE', `Cannot use --damage: ${parsed.error}`, {
    hint:
      meant === undefined
        ? 'write it as `--damage missing:0.02,duplicate:0.01,shuffle`'
        : `did you mean \`${meant}\`?`,
  });
}

/** Reads `--result-life 10m` and its like. */
export function lifeFlag(
  invocation: Invocation,
  name: 'file-life' | 'job-life' | 'result-life',
): number | undefined {
  const text = textFlag(invocation, name);
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined) throw badTime(name, text);
  return ms;
}

/** A count that may also be 0. */
export function countOrZeroFlag(invocation: Invocation, name: string): number | undefined {
  return textFlag(invocation, name) === '0' ? 0 : countFlag(invocation, name);
}

function badTime(flag: string, text: string): BatchSubmitError {
  return new BatchSubmitError(
    'E_USAGE',
    `Cannot use --${flag} "${text}": it is not a time such as 5s or 200ms`,
    {
      hint: `write it as \`--${flag} 5s\``,
    },
  );
}

/** @throws {BatchSubmitError} `E_USAGE` when the port cannot be had */
export async function servingOn<T>(port: number, serve: () => Promise<T>): Promise<T> {
  try {
    return await serve();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'ERR_SOCKET_BAD_PORT') throw error;
    throw new BatchSubmitError(
      'E_USAGE',
      `Cannot serve on port ${port}: ${code === 'EADDRINUSE' ? 'another program uses it' : 'it may not be used'}`,
      { hint: 'choose another with `--port <n>`, or leave it out for any free one', cause: error },
    );
  }
}
