import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnswerFunction } from '../../src/emulator/index.ts';
import { responseOf, writeAnswer, type Shape } from '../refine/answer-shapes.ts';

/** A pair as the prompts hold it. */
export interface SourcePair {
  readonly qa_id: number;
  readonly indicator: string;
  readonly question: string;
  readonly answer: string;
  readonly topic: string;
}

export interface RefinedPair {
  readonly pair_id: number;
  readonly refined_question: string;
  readonly refined_answer: string;
  readonly quality_score: number;
  readonly improvements_made: readonly string[];
}

const SUBJECTS = ['price', 'volume', 'trend', 'momentum', 'range', 'spread', 'funding rate', 'open interest'];
const TIMES = ['an hour', 'a day', 'a week', 'a month', 'a quarter'];

/** Pair `number` of a batch, from 1; no two are alike. */
export function sourcePair(batch: number, number: number): SourcePair {
  const id = batch * 1000 + number;
  const subject = SUBJECTS[id % SUBJECTS.length] ?? 'price';
  const time = TIMES[id % TIMES.length] ?? 'a day';
  const name = `indicator ${batch}`;
  return {
    qa_id: id,
    indicator: name,
    topic: subject,
    question: `What does ${name} say about the ${subject} after ${time} in case ${id * 7919}?`,
    answer: `In case ${id * 7919} it says that the ${subject} has changed by ${id} points within ${time}, which is more than the average of the ${number} cases before it.`,
  };
}

export function refinedPair({ qa_id, question, answer, topic }: SourcePair): RefinedPair {
  return {
    pair_id: qa_id,
    refined_question: question,
    refined_answer: `${answer} Look at the ${topic} once more before you act.`,
    quality_score: (qa_id % 40) / 10 + 6,
    improvements_made: ['Clearer wording', `What to do about the ${topic}`],
  };
}

/** Files of one request each, which asks for `pairs` pairs at once and has no key, as the older script's had. */
export async function writePairBatches(
  folder: string,
  batches: readonly number[],
  pairs: number,
): Promise<void> {
  await mkdir(join(folder, 'batches'), { recursive: true });
  for (const batch of batches) {
    const list = Array.from({ length: pairs }, (_, index) => sourcePair(batch, index + 1));
    const text = `Refine these ${pairs} question-answer pairs. Give back a JSON array.\n${JSON.stringify(list)}`;
    const name = `batch_${String(batch).padStart(3, '0')}_proper.jsonl`;
    const request = { contents: [{ role: 'user', parts: [{ text }] }] };
    await writeFile(join(folder, 'batches', name), JSON.stringify({ request }), { mode: 0o600 });
  }
}

/** The pairs that a request asks for. */
function pairsAskedFor(request: Parameters<AnswerFunction>[0]): readonly SourcePair[] {
  const text = /\[\{.*\}\]/su.exec(JSON.parse(JSON.stringify(request)).contents[0].parts[0].text);
  return JSON.parse(text?.[0] ?? '[]');
}

/** Answers each request with its pairs refined, in the shape that is said for its batch. */
export function answerIn(
  shapeOf: (batch: number) => Shape,
  change: (pair: RefinedPair, source: SourcePair) => object = (pair) => pair,
): AnswerFunction {
  return (request) => {
    const pairs = pairsAskedFor(request);
    const batch = Math.floor((pairs[0]?.qa_id ?? 0) / 1000);
    const items = pairs.map((pair) => change(refinedPair(pair), pair));
    return responseOf(writeAnswer(items, shapeOf(batch)));
  };
}
