import type { Gate } from '../model/gates.ts';
import type { Json } from './parse/read-json.ts';

/** A JSON object as an answer holds it. */
export type Fields = Readonly<Record<string, Json>>;

/** One item of an answer: a line of `records.jsonl`. */
export interface AnswerRecord {
  /** `<batch>-<line>-<position>`: the same item of the same request has it, whichever attempt answered. */
  readonly id: string;
  readonly batch: number;
  /** Line of the input file, from 1; `null` when the input is not at hand. */
  readonly line: number | null;
  readonly key: string | null;
  /** The attempt that gave the answer, from 1. */
  readonly attempt: number;
  /** Of the item in its answer, from 1; items that were left out are counted. */
  readonly position: number;
  /** The answer was cut off behind this item. */
  readonly isCut?: true;
  /** What is doubtful about it; `count` is said of requests and never of a record. */
  readonly flags: readonly Exclude<Gate, 'count'>[];
  readonly value: Fields;
  /** The item of the prompt that it answers, where the prompt holds such. */
  readonly source?: Fields;
}

/** The texts of some fields, one a line; what is absent is left out. */
export function textOf({ value }: Pick<AnswerRecord, 'value'>, fields: readonly string[]): string {
  const texts: string[] = [];
  for (const field of fields) {
    const text = Object.hasOwn(value, field) ? value[field] : undefined;
    if (typeof text === 'string') texts.push(text);
    else if (text !== undefined && text !== null) texts.push(JSON.stringify(text));
  }
  return texts.join('\n');
}

export { GATES, type Gate } from '../model/gates.ts';
