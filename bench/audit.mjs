import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTurn, medianRatio, row } from './measure.mjs';

const ROWS = 200_000;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The audit of a results file against its requests, over readline, JSON.parse and a Map of keys. */
export async function benchAudit(directory) {
  const paths = [join(directory, 'requests.jsonl'), join(directory, 'results.jsonl')];
  await writeLines(paths[0], (index) => ({
    key: `request-${index}`,
    request: {
      contents: [{ role: 'user', parts: [{ text: `Question ${index}: what does it say, and why?` }] }],
      generationConfig: { responseMimeType: 'application/json' },
    },
  }));
  await writeLines(paths[1], (index) => ({
    key: `request-${index}`,
    response: {
      candidates: [{ content: { role: 'model', parts: [{ text: answerTo(index) }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 90, totalTokenCount: 102 },
    },
  }));
  const programs = [
    { name: 'map', args: [here('audit-map-script.mjs'), ...paths] },
    { name: 'audit', args: [here('audit-script.mjs'), ...paths] },
  ];
  const times = await inTurn(programs, 5);
  row(
    'audit 200,000 answers over readline + JSON.parse + Map',
    medianRatio(times, 'audit', 'map'),
    '<= 1.50',
  );
}

function answerTo(index) {
  return JSON.stringify({
    answer: `It says ${index * 7919}. ${'A reading that takes some words. '.repeat(10)}`,
  });
}

async function writeLines(path, lineOf) {
  const file = createWriteStream(path);
  for (let index = 0; index < ROWS; index += 1) {
    if (!file.write(`${JSON.stringify(lineOf(index))}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}
