import { formatDuration } from '../model/units.ts';
import { SHARED_LINES } from './probe.ts';
import type { ProbeOptions, Question } from './question.ts';
import { MOST_OUTPUT_TOKENS } from './steps/upload.ts';

/** What a probe may cost at most. Refused creates and cancelled jobs cost nothing, so it is less in fact. */
export interface Estimate {
  readonly files: number;
  readonly jobs: number;
  readonly requests: number;
  readonly tokens: number;
  readonly usd: number;
}

/** The prompt, its frame, and some for a tokenizer that cuts finer than we think. */
const INPUT_TOKENS = 20;
/** Above the batch price of input and output of every text model in the guide's tables. */
const USD_PER_MILLION_TOKENS = 20;

export function estimate(questions: readonly Question[], options: ProbeOptions): Estimate {
  const costs = questions.map((question) => question.makes(options));
  const ownJobs = costs.reduce((sum, { jobs }) => sum + jobs, 0);
  // Two inputs and one job are shared.
  const files = 2 + costs.reduce((sum, cost) => sum + cost.files, 0);
  const requests = ownJobs + SHARED_LINES;
  const tokens = requests * (INPUT_TOKENS + MOST_OUTPUT_TOKENS);
  return { files, jobs: ownJobs + 1, requests, tokens, usd: (tokens * USD_PER_MILLION_TOKENS) / 1_000_000 };
}

export function describePlan(
  questions: readonly Question[],
  options: ProbeOptions,
  facts: {
    readonly baseUrl: string;
    readonly keyOrigin: string;
    readonly out: string;
    readonly hasSecondKey: boolean;
  },
): readonly string[] {
  const { files, jobs, requests, tokens, usd } = estimate(questions, options);
  return [
    `Probe of ${facts.baseUrl} with ${options.model}, key from ${facts.keyOrigin}${facts.hasSecondKey ? ', second key from GEMINI_API_KEY_2' : ''}`,
    '',
    ...questions.flatMap(({ id, asks, sends }) => [`  ${id.padEnd(4)} ${asks}`, `       ${sends}`]),
    '',
    `  Makes   at most ${files} files of a line or two and ${jobs} jobs; all are removed in the end`,
    `  Costs   at most ${usd.toFixed(3)} USD: ${requests} requests, ${tokens} tokens, at ${USD_PER_MILLION_TOKENS} USD a million`,
    `  Takes   a minute or two, and up to ${formatDuration(options.waitMs)} for jobs to end`,
    `  Writes  ${facts.out}`,
    '',
  ];
}
