import { z } from 'zod';
import { type AnsweredOptions, answeredOptions } from '../emulator/probe-answers.ts';
import { QUESTIONS } from './questions/index.ts';
import type { Constant, Fact } from './question.ts';
import type { Outcome } from './run-questions.ts';

/** `probe-answers.json`. Members are only added; a change of meaning raises `schemaVersion`. */
export interface AnswersFile {
  readonly schemaVersion: 1;
  /** When the probe began, RFC 3339. */
  readonly probedAt: string;
  readonly tool: { readonly name: 'batch-submit'; readonly version: string };
  /** Origin of the base URL. */
  readonly service: string;
  readonly model: string;
  readonly answers: readonly AnswerEntry[];
  /** Every value that an answer speaks of; `changes` when it should be another one. */
  readonly constants: readonly (Constant & { readonly question: string; readonly changes: boolean })[];
  /** Options of the emulator that make it do what was seen. */
  readonly emulator: AnsweredOptions;
  /** What could not be removed. */
  readonly leftovers: readonly string[];
}

export type AnswerEntry = { readonly id: string; readonly question: string } & (
  | {
      readonly status: 'answered';
      readonly answer: string;
      readonly says: string;
      readonly facts: Readonly<Record<string, Fact>>;
      /** Names of files in `observed/`. */
      readonly exchanges: readonly string[];
    }
  | { readonly status: 'not_answered' | 'not_asked'; readonly reason: string }
);

export interface AnswersParts {
  readonly probedAt: string;
  readonly version: string;
  readonly service: string;
  readonly model: string;
  readonly outcomes: readonly Outcome[];
  readonly exchangeNames: readonly string[];
  readonly leftovers: readonly string[];
}

export function buildAnswers(parts: AnswersParts): AnswersFile {
  const verdicts = parts.outcomes.flatMap((outcome) =>
    outcome.status === 'answered' ? [{ id: outcome.id, verdict: outcome.verdict }] : [],
  );
  return {
    schemaVersion: 1,
    probedAt: parts.probedAt,
    tool: { name: 'batch-submit', version: parts.version },
    service: parts.service,
    model: parts.model,
    answers: parts.outcomes.map((outcome) => entryOf(outcome, parts.exchangeNames)),
    constants: verdicts.flatMap(({ id, verdict }) =>
      verdict.constants.map((constant) => ({
        ...constant,
        question: id,
        changes: constant.current !== constant.recommended,
      })),
    ),
    emulator: Object.assign({}, ...verdicts.map(({ verdict }) => verdict.emulator)),
    leftovers: parts.leftovers,
  };
}

function entryOf(outcome: Outcome, exchangeNames: readonly string[]): AnswerEntry {
  const { id, asks: question } = outcome;
  if (outcome.status !== 'answered') return { id, question, status: outcome.status, reason: outcome.reason };
  const { answer, says, facts } = outcome.verdict;
  const under = (label: string): readonly string[] =>
    exchangeNames.filter((name) => name.includes(`-${label.toLowerCase()}-`));
  // Some questions are answered by what several share.
  const exchanges = under(id).length > 0 ? under(id) : under('all');
  return { id, question, status: 'answered', answer, says, facts, exchanges };
}

const text = z.string();
const fact = z.union([text, z.number(), z.boolean()]);
const common = { id: text, question: text };

const entry = z.union([
  ...QUESTIONS.map(({ id, answers }) =>
    z.object({
      ...common,
      id: z.literal(id),
      status: z.literal('answered'),
      answer: z.enum(answers),
      says: text,
      facts: z.record(text, fact),
      exchanges: z.array(text),
    }),
  ),
  z.object({ ...common, status: z.enum(['not_answered', 'not_asked']), reason: text }),
]);

/** What a file of answers must look like; each question's answers are a closed set. */
export const answersFile: z.ZodType<AnswersFile> = z.object({
  schemaVersion: z.literal(1),
  probedAt: z.iso.datetime(),
  tool: z.object({ name: z.literal('batch-submit'), version: text }),
  service: z.url(),
  model: text,
  answers: z.array(entry),
  constants: z.array(
    z.object({ question: text, name: text, current: text, recommended: text, changes: z.boolean() }),
  ),
  emulator: answeredOptions,
  leftovers: z.array(text),
});
