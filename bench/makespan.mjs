import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmulator } from '../dist/emulator/index.js';
import { runProgram } from './measure.mjs';
import { script } from './script.mjs';
import { seconds } from './table.mjs';

const BATCHES = 204;
const TOKENS = 75_000;
const LIMIT = 3_000_000;
/** A job of ten minutes, a hundred and twenty times as fast; so are the waits. */
const JOB_MS = 5000;
const FASTER = 600_000 / JOB_MS;
const PAUSE_MS = 180_000 / FASTER;
const POLL_MS = 15_000 / FASTER;

/**
 * From the first create to the end of the last job, under a limit of enqueued tokens. All three are idle for nearly
 * all of the time, so they run side by side, each against a service of its own.
 */
export async function benchMakespan({ bin, directory }) {
  const input = join(directory, 'input');
  writeInput(input);
  const waits = [`--rate-limit-wait=${PAUSE_MS}ms`, `--poll=${POLL_MS}ms`];
  const ours = (url) => [bin, 'submit', '--quiet', '--input', input, '--base-url', url, ...waits];
  const [named, learnt, usual] = await Promise.all([
    runAgainst(directory, 'named', (url) => [...ours(url), `--token-limit=${LIMIT}`]),
    runAgainst(directory, 'learnt', ours),
    runAgainst(directory, 'usual', (url) => [script('sdk-submit-waiting'), url, input, `${PAUSE_MS}`]),
  ]);
  const boundMs = Math.ceil(BATCHES / Math.floor(LIMIT / TOKENS)) * JOB_MS;
  const measure = `makespan of ${BATCHES} jobs of 75 k tokens under 3 M`;
  const against = 'lower bound, computed';
  const rowOf = (how, { makespanMs, refused }, target) => ({
    measure: `${measure}, ${how}`,
    against,
    theirs: seconds(boundMs),
    ours: seconds(makespanMs),
    ratio: makespanMs / boundMs,
    target,
    note: `${refused} times 429; 1 round`,
  });
  return [
    rowOf('limit named', named, 1.05),
    rowOf('limit learnt', learnt, 1.05),
    rowOf('the usual script', usual),
    {
      measure: '429s met once the limit is named',
      against: 'the usual script',
      theirs: `${usual.refused}`,
      ours: `${named.refused}`,
      value: named.refused,
      isAbsolute: true,
      target: 0,
      note: 'exact count',
    },
  ];
}

async function runAgainst(directory, name, argsFor) {
  const emulator = await startEmulator({
    quotaTokens: LIMIT,
    quotaJobs: BATCHES,
    jobTimeMs: JOB_MS,
  });
  const cwd = join(directory, name);
  mkdirSync(cwd);
  try {
    const env = { PATH: process.env.PATH, GEMINI_API_KEY: 'bench' };
    await runProgram({ name, args: argsFor(emulator.url), cwd, env });
    const { jobs } = emulator.accepted();
    if (jobs.length !== BATCHES) throw new Error(`Cannot measure ${name}: ${jobs.length} jobs were made`);
    const made = jobs.map(({ createdAt }) => Date.parse(createdAt));
    const creates = emulator.requests().filter(({ endpoint }) => endpoint === 'batches.create');
    return {
      makespanMs: Math.max(...made) + JOB_MS - Math.min(...made),
      refused: creates.filter(({ status }) => status === 429).length,
    };
  } finally {
    await emulator.close();
  }
}

function writeInput(input) {
  mkdirSync(input);
  const text = 'Lorem ipsum of no meaning. '.repeat(1000);
  for (let batch = 1; batch <= BATCHES; batch += 1) {
    const lines = Array.from({ length: 12 }, (_, index) => {
      const prompt = `${batch} ${index} `.padEnd((TOKENS * 4) / 12, text);
      return JSON.stringify({
        key: `${batch}-${index}`,
        request: { contents: [{ parts: [{ text: prompt }] }] },
      });
    });
    writeFileSync(join(input, `batch_${String(batch).padStart(3, '0')}.jsonl`), `${lines.join('\n')}\n`);
  }
}
