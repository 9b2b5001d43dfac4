/** What can be wrong with an answer that came. */
export type AnswerFault =
  /** The service answered with an error instead of a response. */
  | 'error'
  /** Cut off at the limit of output tokens. */
  | 'truncated'
  /** Refused by a filter: the prompt (`promptFeedback.blockReason`) or the answer (`SAFETY`, `RECITATION`, …). */
  | 'blocked'
  /** Ended for any other reason than its own end. */
  | 'unfinished'
  /** A response without content. */
  | 'empty'
  /** Not the JSON, or not of the schema, that the request asked for. */
  | 'invalid_json'
  /** Text that stands where an answer should: `lorem ipsum`, `[insert answer here]`. */
  | 'placeholder';

/** Everything an audit can find wrong. The last four show only in the file as a whole. */
export type DefectKind = AnswerFault | 'missing' | 'duplicate' | 'foreign' | 'unreadable';

/** In the order in which they are listed to a user. */
export const DEFECT_KINDS: readonly DefectKind[] = [
  'missing',
  'error',
  'truncated',
  'blocked',
  'unfinished',
  'empty',
  'invalid_json',
  'placeholder',
  'duplicate',
  'foreign',
  'unreadable',
];

/** Tokens as `usageMetadata` counts them; what a response does not say is 0. */
export interface Usage {
  readonly prompt: number;
  /** Of the prompt: read from a cache. */
  readonly cached: number;
  readonly answer: number;
  /** Paid for like answer tokens, and not part of them. */
  readonly thoughts: number;
}

export const NO_USAGE: Usage = { prompt: 0, cached: 0, answer: 0, thoughts: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    prompt: a.prompt + b.prompt,
    cached: a.cached + b.cached,
    answer: a.answer + b.answer,
    thoughts: a.thoughts + b.thoughts,
  };
}

/** What one answer line came to. */
export interface Judgement {
  readonly kind: 'answered' | AnswerFault | 'duplicate';
  /** Of an `error`: the service's number for it (google.rpc). */
  readonly code?: number | undefined;
  /** One word of the service's, such as `MAX_TOKENS` or `PROHIBITED_CONTENT`, or a short one of ours. */
  readonly reason?: string | undefined;
  /** For a person. Never holds text of the prompt or of the answer. */
  readonly message?: string | undefined;
  /** True when the same request would come to the same again. */
  readonly isPermanent?: boolean | undefined;
}

/** One thing that is wrong, as reports list it. Good rows are never listed. */
export interface Defect {
  readonly batch: number;
  /** Line of the batch's input file, from 1; `null` for a line that belongs to no request. */
  readonly line: number | null;
  readonly key: string | null;
  readonly kind: DefectKind;
  /** Line of the results file, from 1, where one is meant. */
  readonly resultLine?: number | undefined;
  readonly code?: number | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}
