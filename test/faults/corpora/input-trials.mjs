import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { environmentFor, startChild } from '../child.mjs';
import { openScene } from '../service.mjs';
import { readIfThere, sha256, STATE } from '../witness.mjs';
import { LINE, SECRET } from './input-tools.mjs';
import { judgeRefusal, judgeScreen } from './screen.mjs';

const MOST_RSS_KB = 300 * 1024;

/**
 * @param {import('../packed.mjs').Program} program
 * @param {import('../warm.mjs').Warm | undefined} warm
 * @param {import('./input-tools.mjs').InputCase} one
 * @returns {Promise<import('../witness.mjs').Failure[]>}
 */
export async function judgeInput(program, warm, one) {
  let onRequest = one.onRequest;
  const scene = await openScene(program, {
    batches: 1,
    choose() {
      const change = onRequest;
      onRequest = undefined;
      void change?.(join(scene.folder, 'batches', 'batch_002.jsonl'));
    },
  });
  const { folder, proxy } = scene;
  const input = join(folder, 'batches');
  const env = environmentFor(folder, proxy.url, { BATCH_SUBMIT_CONCURRENCY: '1' });
  const submit = async (args, isFresh) => {
    const all = ['submit', ...args];
    if (!isFresh) return await warm.run(all, { folder, env });
    const child = startChild(program.bin, all, { folder, env });
    const needs = watch(child);
    return { ...(await child.ended), ...(await needs) };
  };
  try {
    for (const [name, content] of Object.entries(one.files ?? {})) {
      writeFileSync(
        join(input, name),
        content === 'SAME' ? readFileSync(join(input, 'batch_001.jsonl')) : content,
      );
    }
    one.arrange?.(input, folder);
    const end = await submit(one.args ?? [], warm === undefined || one.isHeavy === true);
    const failures = judgeScreen(end, [SECRET]);
    if (end.rssKb > MOST_RSS_KB)
      failures.push({ code: 'MEMORY', what: `took ${Math.round(end.rssKb / 1024)} MB` });
    failures.push(...JUDGES[one.expect](one, end, scene));
    if (failures.length === 0 && one.expect === 'fails' && one.onRequest === undefined) {
      writeFileSync(join(input, 'batch_002.jsonl'), `${LINE}\n`);
      const again = await submit([], warm === undefined);
      failures.push(
        ...judgeScreen(again, [SECRET]),
        ...judgeTaken({ id: one.id, taken: [1, 2] }, again, scene),
      );
    }
    return failures;
  } finally {
    await scene.close();
  }
}

const JUDGES = { stopped: judgeStopped, fails: judgeFails, taken: judgeTaken };

/** Nothing was sent, and nothing was begun. */
function judgeStopped({ says }, end, { folder, emulator }) {
  const sent = emulator.requests().filter(({ method }) => method !== 'GET');
  return [
    ...judgeRefusal(end, { exit: 2, says }),
    ...sent.map(({ method, path }) => ({ code: 'PAID', what: `sent: ${method} ${path}` })),
    ...(readIfThere(join(folder, STATE)) === undefined ? [] : [{ code: 'BEGUN', what: 'a state was begun' }]),
  ];
}

/** The bad batch failed at its check, not a byte of it was sent, and the good one has its job. */
function judgeFails({ says }, end, { folder, emulator }) {
  const { code, output } = end;
  if (code !== 3) return [{ code: 'EXIT', what: `exit code ${code}, not 3: ${output.slice(-300)}` }];
  const { batches } = JSON.parse(readIfThere(join(folder, STATE)) ?? '{}');
  const { jobs, files } = emulator.accepted();
  const record = batches?.['2'];
  return [
    ...(record?.status === 'failed' && record.step === 'input'
      ? []
      : [{ code: 'STATE', what: `batch 2 is ${record?.status} at ${record?.step}` }]),
    ...(jobs.length === 1 && files.length === 1
      ? []
      : [{ code: 'PAID', what: `${jobs.length} jobs and ${files.length} files, not 1 and 1` }]),
    ...(says === undefined || says.test(record?.detail ?? '')
      ? []
      : [{ code: 'FACT', what: `does not say ${says}: ${record?.detail}` }]),
  ];
}

/** Every batch that counts has one job for exactly the bytes on disk. */
function judgeTaken({ taken = [1, 2] }, end, { folder, emulator }) {
  const { code, output } = end;
  if (code !== 0) return [{ code: 'EXIT', what: `exit code ${code}, not 0: ${output.slice(-300)}` }];
  const { batches } = JSON.parse(readIfThere(join(folder, STATE)) ?? '{}');
  const submitted = Object.entries(batches ?? {}).filter(([, { job }]) => job !== undefined);
  const { jobs } = emulator.accepted();
  // Lines without a key are sent in a copy; the file itself stays what it was.
  const sent = submitted.map(([, { input }]) => {
    const onDisk = sha256(readFileSync(join(folder, input.path)));
    return onDisk === input.sha256 ? String(input.staged?.sha256 ?? onDisk) : 'another file';
  });
  const hashes = sent.sort();
  const theirs = jobs.map(({ inputSha256 }) => inputSha256).sort();
  const numbers = submitted.map(([batch]) => Number(batch)).sort((a, b) => a - b);
  return [
    ...(numbers.join() === taken.join()
      ? []
      : [{ code: 'TAKEN', what: `batches ${numbers.join()}, not ${taken.join()}` }]),
    ...(hashes.join() === theirs.join()
      ? []
      : [{ code: 'I1', what: `${theirs.length} jobs, not for the bytes on disk` }]),
  ];
}

/** The most memory a process ever had, and its time at work; nothing where nobody tells. */
async function watch(child) {
  const needs = {};
  while (!child.isOver()) {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      needs.rssKb = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
      // Behind the name, which is in brackets: user and system time in hundredths of a second.
      const times = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
      needs.cpuMs = 10 * (Number(times[11]) + Number(times[12]));
    } catch {
      // It has just ended, or this is no Linux.
    }
    await delay(10);
  }
  return needs;
}
