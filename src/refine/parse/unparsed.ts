/**
 * Why something of an answer gave no record: a line of `unparsed.jsonl`.
 *
 * | reason | what |
 * |---|---|
 * | `no_text` | a picture or a call came instead of a text |
 * | `no_json` | the text holds no JSON |
 * | `no_records` | the JSON holds no object |
 * | `invalid` | one item is no record: `position`, `message` |
 * | `cut` | the text ends within an item; those before it are records |
 * | `count` | the answer holds another number of records than its prompt asked for: `wanted`, `got` |
 */
export const UNPARSED_REASONS = ['no_text', 'no_json', 'no_records', 'invalid', 'cut', 'count'] as const;

export type UnparsedReason = (typeof UNPARSED_REASONS)[number];

export interface Unparsed {
  readonly batch: number;
  /** Line of the input file, from 1; `null` when the input is not at hand. */
  readonly line: number | null;
  readonly key: string | null;
  readonly attempt: number;
  /** How often the request had been sent by then. */
  readonly tries: number;
  readonly reason: UnparsedReason;
  readonly position?: number;
  /** Never holds text of the answer. */
  readonly message?: string;
  readonly wanted?: number;
  readonly got?: number;
}
