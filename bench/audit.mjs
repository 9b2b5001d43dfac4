import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeLines } from './big-files.mjs';
import { inTurn } from './measure.mjs';
import { script } from './script.mjs';
import { timeRow } from './table.mjs';

const [OURS, SCRIPT] = ['audit', 'readline + JSON.parse + Map'];

/** The audit of a results file against its requests, at two sizes, because its memory must not grow like the file. */
export async function benchAudit({ directory, rows = 1_000_000 }) {
  return [
    await auditOf(directory, rows / 10, 3, undefined),
    await auditOf(directory, rows, 1, { target: 0.6, note: '1 round' }),
  ];
}

async function auditOf(directory, count, rounds, more) {
  const [requests, results] = [join(directory, 'requests.jsonl'), join(directory, 'results.jsonl')];
  await writeCount(requests, count, (index) => ({
    key: `request-${index}`,
    request: {
      contents: [{ role: 'user', parts: [{ text: `Question ${index}: what does it say, and why?` }] }],
      generationConfig: { responseMimeType: 'application/json' },
    },
  }));
  await writeCount(results, count, (index) => ({
    key: `request-${index}`,
    response: {
      candidates: [{ content: { role: 'model', parts: [{ text: answerTo(index) }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 90, totalTokenCount: 102 },
    },
  }));
  const programs = [
    { name: SCRIPT, args: [script('audit-map'), requests, results] },
    { name: OURS, args: [script('audit-ours'), requests, results] },
  ];
  const runs = await inTurn(programs, rounds);
  await Promise.all([requests, results].map((path) => rm(path)));
  const measure = `audit ${count.toLocaleString('en')} answers`;
  return timeRow(measure, runs, { ours: OURS, theirs: SCRIPT, ...more });
}

function answerTo(index) {
  return JSON.stringify({
    answer: `It says ${index * 7919}. ${'A reading that takes some words. '.repeat(10)}`,
  });
}

async function writeCount(path, count, contentOf) {
  let index = 0;
  await writeLines(path, () => {
    if (index === count) return undefined;
    index += 1;
    return `${JSON.stringify(contentOf(index - 1))}\n`;
  });
}
