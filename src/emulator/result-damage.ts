import { createRandom, hashSeed } from './random.ts';

/** What can be wrong with the answer in a line; a line has at most one of these. */
export const CONTENT_KINDS = [
  'error',
  'truncated',
  'blocked',
  'empty',
  'refused',
  'filtered',
  'unfinished',
  'invalidJson',
  'offSchema',
  'placeholder',
] as const;

/** The same of an embedding, beside those of the kinds above that are not about text. */
export const VECTOR_KINDS = ['shortVector', 'oddVector', 'zeroVector'] as const;

/** What can be wrong with the line itself; these exclude each other. */
export const LINE_KINDS = ['missing', 'duplicate', 'conflicting', 'garbled'] as const;

export type ContentKind = (typeof CONTENT_KINDS)[number];
export type VectorKind = (typeof VECTOR_KINDS)[number];
export type LineKind = (typeof LINE_KINDS)[number];
export type DamageKind = ContentKind | VectorKind | LineKind | 'foreign';

/**
 * What goes wrong in a result file. Numbers are seeded chances per line, 0 to 1; all default to 0. Among
 * the kinds that exclude each other the shares add up, and what exceeds 1 never happens.
 */
export interface ResultDamage extends Readonly<Partial<Record<DamageKind, number>>> {
  /** Mix the order of lines within windows of 1000. */
  readonly shuffle?: boolean;
  /** The line is not written, although the job counts it as successful. */
  readonly missing?: number;
  /** The line comes twice with the same answer, the second time with its members in another order. */
  readonly duplicate?: number;
  /** The line comes twice, the second time with another answer that has nothing else wrong. */
  readonly conflicting?: number;
  /** The line breaks off in the middle, and ends in a newline all the same. Not in inline jobs. */
  readonly garbled?: number;
  /** A line with a key nobody sent follows. Not in inline jobs. */
  readonly foreign?: number;
  /** `{"key", "error": {"code": 4, …}}`, which may be fine the next time. Counts as failed. */
  readonly error?: number;
  /** `{"key", "error": {"code": 3, …}}`, which would be refused again. Counts as failed. */
  readonly refused?: number;
  /** Cut text with finishReason MAX_TOKENS. */
  readonly truncated?: number;
  /** No candidates, promptFeedback.blockReason instead. */
  readonly blocked?: number;
  /** A candidate that a filter ended (SAFETY or RECITATION), with a few words at most. */
  readonly filtered?: number;
  /** Cut text with finishReason OTHER or MALFORMED_FUNCTION_CALL. */
  readonly unfinished?: number;
  /** A candidate without content. */
  readonly empty?: number;
  /** Text that is no JSON, where JSON was asked for: cut off, in a fence or prose. */
  readonly invalidJson?: number;
  /** JSON that lacks a required member or has a wrong type, where a schema was given. */
  readonly offSchema?: number;
  /** Text that stands where an answer should; in JSON, every string that is free to vary. */
  readonly placeholder?: number;
  /** A vector with one number too few. */
  readonly shortVector?: number;
  /** A vector with something else than a number in it: null, text or NaN as text. */
  readonly oddVector?: number;
  /** A vector of zeros. */
  readonly zeroVector?: number;
}

/** What becomes of one line. */
export interface LineFate {
  readonly content: 'ok' | ContentKind | VectorKind;
  readonly line: 'once' | LineKind;
  readonly foreignFollows: boolean;
}

/** The part of a job that decides the fates of its lines. */
export interface DamagedJob {
  readonly seed: number;
  readonly damage: ResultDamage;
  /** Lines that are left alone, because an earlier job answered the same request (see `damageOnce`). */
  readonly spared?: ReadonlySet<number>;
}

const UNHARMED: LineFate = { content: 'ok', line: 'once', foreignFollows: false };

/** What becomes of line `index` of a job. */
export function lineFate({ seed, damage, spared }: DamagedJob, index: number): LineFate {
  return spared?.has(index) === true ? UNHARMED : fateOf(seed, index, damage);
}

/** The fate of a line depends on the job's seed and the line's index only, so it can be asked again. */
export function fateOf(seed: number, index: number, damage: ResultDamage): LineFate {
  const random = createRandom(hashSeed(seed, index));
  const [contentDie, lineDie, foreignDie] = [random.next(), random.next(), random.next()];
  const line = pick(LINE_KINDS, lineDie, damage) ?? 'once';
  // What cannot be read is not also wrong in another way, or no count of damage would add up.
  const isHidden = line === 'missing' || line === 'garbled';
  return {
    content: isHidden ? 'ok' : (pick([...CONTENT_KINDS, ...VECTOR_KINDS], contentDie, damage) ?? 'ok'),
    line,
    foreignFollows: foreignDie < (damage.foreign ?? 0),
  };
}

function pick<Kind extends DamageKind>(
  kinds: readonly Kind[],
  die: number,
  damage: ResultDamage,
): Kind | undefined {
  let threshold = 0;
  return kinds.find((kind) => {
    threshold += damage[kind] ?? 0;
    return die < threshold;
  });
}
