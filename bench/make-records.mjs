import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { factsOf, writeLines } from './big-files.mjs';

const WORDS = 4000;
const QUESTION_WORDS = 14;
const ANSWER_WORDS = 55;
const EXACT_SHARE = 0.05;
const NEAR_SHARE = 0.05;

/**
 * Writes a folder of records as `parse` leaves it: pairs of a question and an answer in words of which some are far
 * more frequent than others. One in twenty has the words of an earlier one in another case, one in twenty those of an
 * earlier one with a word or two replaced.
 * @returns how many were made of an earlier one
 */
export async function writeRecords(folder, count) {
  const random = randomOf('records');
  const vocabulary = Array.from({ length: WORDS }, (_, index) => word(index, random));
  // The square of a chance: the first words come often, the last ones seldom.
  const anyWord = () => vocabulary[Math.floor(random() ** 2 * WORDS)];
  const sentence = (length) => Array.from({ length }, anyWord);
  const earlier = [];
  const path = join(folder, 'records.jsonl');
  let [index, copies] = [0, 0];
  await writeLines(path, () => {
    if (index === count) return undefined;
    const chance = earlier.length < 100 ? 1 : random();
    const model = earlier[Math.floor(random() * earlier.length)];
    let words = [sentence(QUESTION_WORDS), sentence(ANSWER_WORDS)];
    if (chance < EXACT_SHARE + NEAR_SHARE) {
      copies += 1;
      words = model.map((list) => list.slice());
      if (chance < EXACT_SHARE) words[0][0] = words[0][0].toUpperCase();
      else
        for (let times = 0; times < 2; times += 1) words[1][Math.floor(random() * ANSWER_WORDS)] = anyWord();
    } else if (earlier.length < 20_000) earlier.push(words);
    else earlier[Math.floor(random() * earlier.length)] = words;
    index += 1;
    return `${JSON.stringify(recordOf(index, words))}\n`;
  });
  const { sizeBytes, sha256 } = await factsOf(path);
  const parse = {
    records: { sizeBytes, sha256, count },
    kind: 'refined-pair',
    fields: ['refined_question', 'refined_answer'],
    requests: { planned: count, parsed: count, unparsable: 0, without: 0 },
    unparsed: 0,
    batches: [],
    properties: [],
    gates: {},
  };
  await writeFile(join(folder, 'summary.json'), JSON.stringify({ schemaVersion: 1, parse }));
  return copies;
}

function recordOf(index, [question, answer]) {
  return {
    id: `1-${index}-1`,
    batch: 1,
    line: index,
    key: `request-${index}`,
    attempt: 1,
    position: 1,
    flags: [],
    value: {
      pair_id: index,
      refined_question: `${question.join(' ')}?`,
      refined_answer: `${answer.join(' ')}.`,
      quality_score: 1 + (index % 10),
      improvements_made: ['clearer'],
    },
  };
}

function word(index, random) {
  const letters = 'etaoinshrdlucmfwypvbgk';
  const length = 3 + Math.floor(random() * 7);
  const text = Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('');
  return `${text}${letters[index % letters.length]}`;
}

/** mulberry32: the same numbers in every run. */
function randomOf(seed) {
  let state = createHash('sha256').update(seed).digest().readUInt32LE();
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
