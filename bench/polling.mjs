import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { refreshJobs } from '../dist/collect/refresh.js';
import { startEmulator } from '../dist/emulator/index.js';
import { createGeminiService } from '../dist/gemini/gemini-service.js';
import { openStateWith } from './make-state.mjs';

const PAGE = 100;
const DAY_MS = 86_400_000;

/** Requests of one look at all running jobs, counted by the emulator. A script asks for each job by its name. */
export async function benchPolling({ directory }) {
  return [await requestsFor(directory, 204), await requestsFor(directory, 2000)];
}

async function requestsFor(directory, count) {
  const emulator = await startEmulator({ quotaJobs: count, jobTimeMs: DAY_MS });
  const path = join(directory, `polling-${count}.json`);
  try {
    const names = [];
    for (let number = 1; number <= count; number += 1) names.push(await createJob(emulator.url, number));
    const store = await openStateWith(path, names);
    const before = emulator.requests().length;
    const context = {
      service: createGeminiService({ apiKey: 'bench', baseUrl: emulator.url }),
      store,
      emit: () => undefined,
      clock: { now: () => new Date(), monotonicMs: () => performance.now(), sleep: async () => undefined },
      signal: new AbortController().signal,
    };
    const { active } = await refreshJobs(context, [...store.current().batches.keys()]);
    if (active.length !== count) throw new Error(`${active.length} of ${count} jobs were seen running`);
    const ours = emulator.requests().length - before;
    return {
      measure: `polling ${count.toLocaleString('en')} running jobs, requests a tick`,
      against: 'one get for each job',
      theirs: `${count}`,
      ours: `${ours}`,
      ratio: ours / count,
      value: ours,
      isAbsolute: true,
      target: Math.ceil(count / PAGE) + 1,
      note: 'exact count',
    };
  } finally {
    await emulator.close();
    await rm(path, { force: true });
  }
}

async function createJob(url, number) {
  const requests = [{ request: { contents: [{ parts: [{ text: 'one question' }] }] } }];
  const batch = { displayName: `bench_${number}`, inputConfig: { requests: { requests } } };
  const answer = await fetch(`${url}/v1beta/models/gemini-2.5-flash:batchGenerateContent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': 'bench' },
    body: JSON.stringify({ batch }),
  });
  if (!answer.ok) throw new Error(`the emulator refused a job: ${await answer.text()}`);
  return (await answer.json()).name;
}
