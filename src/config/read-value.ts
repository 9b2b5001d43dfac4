import { splitCommand } from '../model/command-words.ts';
import { formatDuration, parseAmount, parseDuration } from '../model/units.ts';
import { readBaseUrl } from './base-url.ts';
import type { Setting } from './setting.ts';

/** A value of the setting's kind, or what is wrong with the text, worded to follow "Cannot use …: ". */
export type ValueVerdict =
  | { readonly ok: true; readonly value: string | number | undefined }
  | { readonly ok: false; readonly reason: string };

/** A timer takes at most 2^31 - 1 ms; a longer one would fire at once. */
const LONGEST_DURATION_MS = 24 * 86_400_000;

/** Reads one written value. Durations give milliseconds; `none` clears a duration that has no default. */
export function readValue(setting: Setting, text: string): ValueVerdict {
  if (text.trim() === '') return refuse('it is empty');
  if (text.includes('\0')) return refuse('it holds a NUL character');
  switch (setting.kind) {
    case 'string':
    case 'path':
      return accept(text);
    case 'choice':
      return setting.choices?.includes(text) === true
        ? accept(text)
        : refuse(`"${text}" is not one of ${setting.choices?.join(', ')}`);
    case 'command': {
      const verdict = splitCommand(text);
      return verdict.ok ? accept(text) : refuse(verdict.reason);
    }
    case 'count':
      return readCount(setting, text.trim());
    case 'amount':
      return readAmount(setting, text.trim());
    case 'duration':
      return readDuration(setting, text.trim());
    case 'url': {
      const verdict = readBaseUrl(text.trim());
      return verdict.ok ? accept(verdict.url) : refuse(verdict.reason);
    }
  }
}

function readCount(setting: Setting, text: string): ValueVerdict {
  const { least = 0, most = Number.MAX_SAFE_INTEGER } = setting;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most
    ? accept(value)
    : refuse(`"${text}" is not a whole number from ${least} to ${most}`);
}

function readAmount(setting: Setting, text: string): ValueVerdict {
  const value = parseAmount(text);
  return value !== undefined && value >= (setting.least ?? 0)
    ? accept(value)
    : refuse(`"${text}" is not a number such as 500k, 3M or 2500000`);
}

function readDuration(setting: Setting, text: string): ValueVerdict {
  if (text === 'none' && setting.fallback === undefined) return accept(undefined);
  const value = parseDuration(text);
  if (value === undefined) return refuse(`"${text}" is not a duration such as 200ms, 3m or 12h`);
  const least = setting.least ?? 0;
  if (value < least) return refuse(`"${text}" is shorter than ${formatDuration(least)}`);
  if (value > LONGEST_DURATION_MS) return refuse(`"${text}" is longer than 24d`);
  return accept(Math.round(value));
}

function accept(value: string | number | undefined): ValueVerdict {
  return { ok: true, value };
}

function refuse(reason: string): ValueVerdict {
  return { ok: false, reason };
}
