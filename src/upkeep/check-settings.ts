import type { EnvFile } from '../config/env-file.ts';
import type { Origin } from '../config/resolve.ts';
import { ok, warning, type Check, type CheckName } from './check.ts';

/** How many settings came from where, and what is wrong with the file of variables. */
export function checkSettings(origins: readonly Origin[], envFile: EnvFile): Check {
  const places = {
    flag: 'flags',
    environment: 'the environment',
    env_file: envFile.name ?? '.env',
    config_file: 'the settings file',
  } as const;
  const counts = (Object.keys(places) as (keyof typeof places)[]).flatMap((source) => {
    const count = origins.filter((origin) => origin.source === source).length;
    return count === 0 ? [] : [`${count} from ${places[source]}`];
  });
  const fact = counts.length === 0 ? 'all defaults' : `${counts.join(', ')}, the others are defaults`;
  return withWarnings(ok('settings', fact), envFile.warnings);
}

/** @param origin where the key is from, as it follows "key from" */
export function checkKey(origin: string, warnings: readonly string[]): Check {
  return withWarnings(ok('key', `from ${origin}`), warnings);
}

/** Warnings say the fact, a colon, and what to do. */
function withWarnings(check: Check, warnings: readonly string[]): Check {
  if (warnings.length === 0) return check;
  const parts = warnings.map((text) => /^(.*): (.+)$/s.exec(text) ?? [text, text, '']);
  const name: CheckName = check.check;
  return warning(
    name,
    [check.fact, ...parts.map(([, fact = '']) => fact)].join('; '),
    parts.flatMap(([, , hint = '']) => (hint === '' ? [] : [hint])).join('; '),
  );
}
