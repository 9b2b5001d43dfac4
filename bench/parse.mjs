import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { factsOf, writeLines } from './big-files.mjs';
import { openStateWith } from './make-state.mjs';
import { inTurn } from './measure.mjs';
import { script } from './script.mjs';
import { timeRow } from './table.mjs';

const [OURS, SCRIPT] = ['parse', 'readline + JSON.parse'];
const PAIRS = 100;

/**
 * From audited results to records, with the audit, the items of the prompts and the gates; the script takes the JSON
 * out of the answers and checks that the fields are there. At two sizes, because the memory must not grow like the file.
 */
export async function benchParse({ bin, directory, records = 300_000 }) {
  return [
    await parseOf(bin, join(directory, 'a'), records / 10, 3),
    await parseOf(bin, join(directory, 'b'), records, 1, '1 round'),
  ];
}

async function parseOf(bin, prefix, count, rounds, note) {
  const results = await writeCollected(prefix, count / PAIRS);
  const folders = { theirs: `${prefix}-records.jsonl`, ours: `${prefix}-records` };
  const programs = [
    { name: SCRIPT, args: [script('parse-script'), results, folders.theirs] },
    {
      name: OURS,
      args: [bin, 'parse', '--quiet', '--state', `${prefix}-state.json`, '--records', folders.ours],
    },
  ];
  const runs = await inTurn(programs, rounds);
  const [theirs, ours] = await Promise.all(
    [folders.theirs, join(folders.ours, 'records.jsonl')].map(async (path) => await lineCount(path)),
  );
  if (theirs !== count || ours !== count) throw new Error(`${ours} and ${theirs} records came of ${count}`);
  return timeRow(`parse ${count.toLocaleString('en')} records`, runs, { ours: OURS, theirs: SCRIPT, note });
}

/** A state with one batch whose results are saved: answers with 100 refined pairs each, every other one in a fence. */
async function writeCollected(prefix, requests) {
  const [input, results] = [`${prefix}_001.jsonl`, `${prefix}-results.jsonl`];
  await writeCount(input, requests, (index) => ({
    key: `request-${index}`,
    request: {
      contents: [
        { role: 'user', parts: [{ text: `Refine these pairs.\n${JSON.stringify(listOf(index, source))}` }] },
      ],
    },
  }));
  await writeCount(results, requests, (index) => {
    const text = JSON.stringify(listOf(index, refined));
    const written = index % 2 === 0 ? text : `\`\`\`json\n${text}\n\`\`\``;
    return {
      key: `request-${index}`,
      response: {
        candidates: [{ content: { role: 'model', parts: [{ text: written }] }, finishReason: 'STOP' }],
      },
    };
  });
  const store = await openStateWith(`${prefix}-state.json`, []);
  const at = new Date().toISOString();
  const job = {
    name: 'batches/bench1',
    displayName: 'bench',
    model: 'gemini-2.5-flash',
    submittedAt: at,
    adopted: true,
  };
  const facts = await factsOf(input);
  await store.apply(1, {
    type: 'taken_over',
    job,
    attempt: 1,
    input: { ...facts, lines: requests },
    file: undefined,
  });
  const observed = {
    name: job.name,
    displayName: job.displayName,
    state: 'succeeded',
    results: { kind: 'file', name: 'files/batch-1' },
  };
  await store.apply(1, { type: 'job_observed', job: observed, at });
  const saved = { ...(await factsOf(results)), lines: requests };
  await store.apply(1, { type: 'saved', result: { ...saved, answered: requests, failed: 0, savedAt: at } });
  await store.close();
  return results;
}

function listOf(index, itemOf) {
  return Array.from({ length: PAIRS }, (_, place) => itemOf(index * PAIRS + place));
}

function source(id) {
  return {
    qa_id: id,
    question: `What does case ${id} say about the trend?`,
    answer: `That it goes on for ${id % 30} days.`,
  };
}

function refined(id) {
  return {
    pair_id: id,
    refined_question: `What does case ${id} say about the trend of the market, and for how long?`,
    refined_answer: `It says that the trend goes on for ${id % 30} days, as long as the value of ${id * 7919} stays above its average.`,
    quality_score: (id % 40) / 10 + 6,
    improvements_made: ['Clearer wording', 'How long it goes on'],
  };
}

async function writeCount(path, count, contentOf) {
  let index = 0;
  await writeLines(path, () => {
    if (index === count) return undefined;
    index += 1;
    return `${JSON.stringify(contentOf(index - 1))}\n`;
  });
}

async function lineCount(path) {
  const { createReadStream } = await import('node:fs');
  if ((await stat(path)).size === 0) return 0;
  let count = 0;
  for await (const chunk of createReadStream(path)) for (const byte of chunk) if (byte === 10) count += 1;
  return count;
}
