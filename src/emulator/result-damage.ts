import { createRandom, hashSeed } from './random.ts';

/** What goes wrong in a result file. Numbers are seeded chances per line, 0 to 1; all default to 0. */
export interface ResultDamage {
  /** Mix the order of lines within windows of 1000. */
  readonly shuffle?: boolean;
  /** The line is not written, although the job counts it as successful. */
  readonly missing?: number;
  /** The line is written twice. */
  readonly duplicate?: number;
  /** A line with a key nobody sent follows. */
  readonly foreign?: number;
  /** `{"key", "error": {"code": 4, …}}`; the only kind that counts as failed. */
  readonly error?: number;
  /** Cut text with finishReason MAX_TOKENS. */
  readonly truncated?: number;
  /** No candidates, promptFeedback.blockReason instead. */
  readonly blocked?: number;
  /** A candidate without content. */
  readonly empty?: number;
}

/** What becomes of one line. */
export interface LineFate {
  readonly content: 'ok' | 'error' | 'truncated' | 'blocked' | 'empty';
  /** How many times the line is written: 0, 1 or 2. */
  readonly copies: 0 | 1 | 2;
  readonly foreignFollows: boolean;
}

/** The fate of a line depends on the job's seed and the line's index only, so it can be asked again. */
export function fateOf(seed: number, index: number, damage: ResultDamage): LineFate {
  const random = createRandom(hashSeed(seed, index));
  const [contentDie, copiesDie, foreignDie] = [random.next(), random.next(), random.next()];
  const missing = damage.missing ?? 0;
  return {
    content: pickContent(contentDie, damage),
    copies: copiesDie < missing ? 0 : copiesDie < missing + (damage.duplicate ?? 0) ? 2 : 1,
    foreignFollows: foreignDie < (damage.foreign ?? 0),
  };
}

function pickContent(die: number, damage: ResultDamage): LineFate['content'] {
  let threshold = 0;
  for (const kind of ['error', 'truncated', 'blocked', 'empty'] as const) {
    threshold += damage[kind] ?? 0;
    if (die < threshold) return kind;
  }
  return 'ok';
}
