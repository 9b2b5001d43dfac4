import type { Probe } from './probe.ts';
import { type Later, NotAsked, type Question, Unanswered, type Verdict } from './question.ts';

export type Outcome = { readonly id: string; readonly asks: string } & (
  | { readonly status: 'answered'; readonly verdict: Verdict }
  | { readonly status: 'not_answered' | 'not_asked'; readonly reason: string }
);

/**
 * Asks one question after the other. What has to wait for jobs waits at the end, for all of them
 * together. A question that fails leaves a reason and stops no other; an abort leaves one in all that
 * are still open.
 * @param say told of each question as it is begun
 * @param clean removes secrets from the text of errors
 */
export async function runQuestions(
  probe: Probe,
  questions: readonly Question[],
  { say, clean }: { readonly say: (text: string) => void; readonly clean: (text: string) => string },
): Promise<readonly Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  const waiting: (readonly [Question, Later])[] = [];
  const settle = async (question: Question, ask: () => Promise<Verdict | Later>): Promise<void> => {
    const { id, asks } = question;
    try {
      probe.signal.throwIfAborted();
      const found = await ask();
      if (typeof found === 'function') waiting.push([question, found]);
      else outcomes.set(id, { id, asks, status: 'answered', verdict: checked(question, found) });
    } catch (error) {
      outcomes.set(id, { id, asks, ...whyNot(error, probe.signal, clean) });
    }
  };
  for (const question of questions) {
    if (!probe.signal.aborted) say(`${question.id.padEnd(4)} ${question.asks}`);
    await settle(question, () => question.ask(probe));
  }
  const later = waiting.splice(0);
  if (later.length > 0 && !probe.signal.aborted)
    say(`Waiting for jobs: ${later.map(([{ id }]) => id).join(', ')}`);
  for (const [question, ask] of later) await settle(question, ask);
  return questions.flatMap(({ id }) => outcomes.get(id) ?? []);
}

/** The set of answers is closed: a verdict outside of it is a defect of the question. */
function checked(question: Question, verdict: Verdict): Verdict {
  if (question.answers.includes(verdict.answer)) return verdict;
  throw new Error(`"${verdict.answer}" is none of the answers to ${question.id}`);
}

function whyNot(
  error: unknown,
  signal: AbortSignal,
  clean: (text: string) => string,
): { readonly status: 'not_answered' | 'not_asked'; readonly reason: string } {
  if (signal.aborted) return { status: 'not_answered', reason: 'interrupted' };
  if (error instanceof NotAsked) return { status: 'not_asked', reason: error.message };
  if (error instanceof Unanswered) return { status: 'not_answered', reason: clean(error.message) };
  const message = error instanceof Error ? error.message : String(error);
  return { status: 'not_answered', reason: clean(`the probe failed: ${message}`) };
}
