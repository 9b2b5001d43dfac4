import {
  CONTENT_KINDS,
  type DamageKind,
  LINE_KINDS,
  type ResultDamage,
  VECTOR_KINDS,
} from './result-damage.ts';

export type ParsedDamage =
  | { readonly ok: true; readonly damage: ResultDamage }
  | {
      readonly ok: false;
      readonly error: string;
      /** The word that names no kind of damage, when that is what is wrong. */
      readonly unknown?: string;
    };

const KINDS: ReadonlyMap<string, DamageKind> = new Map(
  [...LINE_KINDS, 'foreign' as const, ...CONTENT_KINDS, ...VECTOR_KINDS].map((kind) => [kebab(kind), kind]),
);

/** The kinds as they are written in the short form. */
export const DAMAGE_NAMES: readonly string[] = [...KINDS.keys(), 'shuffle'];

/**
 * Reads the short form of damage: terms separated by commas, each `kind[:share]` or `shuffle`, such as
 * `missing:0.02,off-schema:0.1,shuffle`. Without a share the damage befalls every line.
 */
export function parseDamage(text: string): ParsedDamage {
  const shares: Partial<Record<DamageKind, number>> = {};
  let shuffle = false;
  for (const term of text.split(',').map((part) => part.trim())) {
    if (term === '') continue;
    const [name = '', share, ...rest] = term.split(':');
    const kind = KINDS.get(name);
    if (kind === undefined && name !== 'shuffle') {
      const error = `Cannot read the damage "${term}": "${name}" is not one of ${DAMAGE_NAMES.join(', ')}`;
      return { ok: false, error, unknown: name };
    }
    if (rest.length > 0) return refused(term, 'expected kind[:share], for example "missing:0.02"');
    if (kind === undefined) {
      if (share !== undefined) return refused(term, 'shuffle takes no share');
      shuffle = true;
    } else {
      if (!isShare(share)) return refused(term, `the share "${share}" is not a number from 0 to 1`);
      shares[kind] = Number(share ?? 1);
    }
  }
  return { ok: true, damage: { ...shares, ...(shuffle ? { shuffle } : {}) } };
}

function refused(term: string, reason: string): ParsedDamage {
  return { ok: false, error: `Cannot read the damage "${term}": ${reason}` };
}

function isShare(text: string | undefined): boolean {
  return text === undefined || (/^(?:\d+(?:\.\d*)?|\.\d+)$/u.test(text) && Number(text) <= 1);
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}
