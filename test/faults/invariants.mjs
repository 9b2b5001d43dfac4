import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY } from './child.mjs';
import { LOG, namesIn, readIfThere, REPORT, sha256, STATE } from './witness.mjs';

/**
 * What the judge may look at: the service's own record, the files, and how the processes ended.
 * @typedef {object} Case
 * @property {string} folder
 * @property {import('../../src/emulator/index.ts').Emulator} emulator
 * @property {readonly number[]} batches
 * @property {ReturnType<typeof import('./witness.mjs').createWitness>} witness
 * @property {readonly import('./child.mjs').Ended[]} ends in order; the last one ended well
 * @property {readonly { headers: object, url: string, body: string }[]} elsewhere requests the other origin saw
 */

/** @typedef {import('./witness.mjs').Failure} Failure */

const DEAD = new Set(['BATCH_STATE_FAILED', 'BATCH_STATE_CANCELLED', 'BATCH_STATE_EXPIRED']);

/**
 * Jobs beyond the first that are live for one content: each was paid for without need.
 * @param {import('../../src/emulator/index.ts').AcceptedRecord} accepted
 */
export function duplicatesIn(accepted) {
  return [...liveJobsByContent(accepted).values()].reduce((sum, names) => sum + names.length - 1, 0);
}

/**
 * Judges a life cycle that has ended well, by the numbers of the reliability design.
 * @param {Case} trial
 * @returns {Promise<Failure[]>}
 */
export async function judge(trial) {
  const state = JSON.parse(readIfThere(join(trial.folder, STATE)) ?? '{}');
  return [
    ...trial.witness.failures,
    ...judgeJobs(trial, state),
    ...judgeLog(trial),
    ...(await judgeResults(trial, state)),
    ...judgeMerged(trial),
    ...judgeKey(trial),
    ...judgeCounts(trial, state),
    ...judgeLeftovers(trial.folder),
    ...judgeRequests(trial),
    ...trial.ends.flatMap(judgeOutput),
  ];
}

/** I1 one live job for each content, I2 all of ours are in the state, I6 one live copy of each input. */
function judgeJobs({ emulator, batches }, state) {
  const accepted = emulator.accepted();
  const live = liveJobsByContent(accepted);
  const names = namesIn(state);
  const copies = new Map();
  for (const { sha256: hash, deletedAt, name } of accepted.files) {
    if (deletedAt === undefined) copies.set(hash, [...(copies.get(hash) ?? []), name]);
  }
  return [
    ...[...live]
      .filter(([, jobs]) => jobs.length > 1)
      .map(([, jobs]) => failure('I1', `live twice: ${jobs}`)),
    ...(live.size === batches.length
      ? []
      : [failure('I1', `${live.size} of ${batches.length} batches have a live job`)]),
    ...accepted.jobs
      .filter(({ name }) => !names.has(name))
      .map(({ name, displayName }) => failure('I2', `the state does not know ${name} (${displayName})`)),
    ...[...copies.values()]
      .filter((files) => files.length > 1)
      .map((files) => failure('I6', `uploaded twice: ${files}`)),
  ];
}

function liveJobsByContent({ jobs }) {
  const live = new Map();
  for (const { name, inputSha256, state, deletedAt } of jobs) {
    if (DEAD.has(state) || deletedAt !== undefined) continue;
    live.set(inputSha256, [...(live.get(inputSha256) ?? []), name]);
  }
  return live;
}

/** I5: every line is an object, and each run counts its lines from 1 without a gap. */
function judgeLog({ folder }) {
  const lines = (readIfThere(join(folder, LOG)) ?? '').split('\n');
  if (lines.pop() !== '') return [failure('I5', 'the log ends in the middle of a line')];
  const next = new Map();
  for (const [index, line] of lines.entries()) {
    let entry;
    try {
      entry = JSON.parse(line);
    } catch {
      return [failure('I5', `line ${index + 1} of the log is not JSON: ${line.slice(0, 80)}`)];
    }
    const expected = next.get(entry.run) ?? 1;
    if (entry.seq !== expected) {
      return [
        failure('I5', `line ${index + 1} of the log is seq ${entry.seq} of ${entry.run}, not ${expected}`),
      ];
    }
    next.set(entry.run, expected + 1);
  }
  return [];
}

/** I8: every result on disk is what the service has, and nothing else ever stood under its name. */
async function judgeResults({ emulator, batches, witness }, state) {
  const failures = [];
  for (const batch of batches) {
    const name = `batch_${String(batch).padStart(3, '0')}.jsonl`;
    const job = state.batches?.[batch]?.job?.name;
    const file = `files/batch-${String(job).slice('batches/'.length)}`;
    const answer = await fetch(`${emulator.url}/v1beta/${file}:download?alt=media`, {
      headers: { 'x-goog-api-key': KEY },
    });
    const theirs = sha256(Buffer.from(await answer.arrayBuffer()));
    const seen = witness.resultHashes.get(name) ?? new Set();
    if (answer.status !== 200) failures.push(failure('I8', `the service has no results for ${job}`));
    else if (!seen.has(theirs)) failures.push(failure('I8', `${name} is not what the service sent`));
    else if (seen.size > 1) failures.push(failure('I8', `${name} held other bytes for a while`));
  }
  return failures;
}

/** I16: each request has one line in the merged file, with its answer. */
function judgeMerged({ folder, batches }) {
  const lines = (readIfThere(join(folder, 'batch_results', 'merged.jsonl')) ?? '').split('\n').slice(0, -1);
  const answered = new Set();
  for (const { batch, line, key, response } of lines.map((text) => JSON.parse(text))) {
    // A state that forgot its input cannot tell the line, but the key is one of a kind.
    if (response !== undefined) answered.add(`${batch}:${line ?? key}`);
  }
  const asked = readdirSync(join(folder, 'batches'))
    .filter((name) => batches.includes(Number(/\d+/.exec(name)?.[0])))
    .reduce((total, name) => total + countLines(join(folder, 'batches', name)), 0);
  if (answered.size === asked && lines.length === asked) return [];
  return [
    failure('I16', `${answered.size} of ${asked} requests are answered in ${lines.length} merged lines`),
  ];
}

function countLines(path) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '').length;
}

/** I9: the key is in no file, no output, and was not sent anywhere else, and neither was a request. */
function judgeKey({ folder, ends, elsewhere }) {
  const leaks = [
    ...filesUnder(folder).filter((path) => readFileSync(path).includes(KEY)),
    ...ends.filter(({ output }) => output.includes(KEY)).map(({ command }) => `the output of ${command}`),
    ...elsewhere
      .filter((request) => JSON.stringify(request).includes(KEY))
      .map(({ url }) => `another origin: ${url}`),
  ];
  // Results may lie on a storage host, so a download may be sent on, without the key; nothing else may.
  const strays = elsewhere.filter(({ url }) => !url.includes(':download'));
  return [
    ...leaks.map((where) => failure('I9', `the key is in ${where}`)),
    ...strays.map(({ url }) => failure('I9', `another origin was asked for ${url}`)),
  ];
}

/** I11: exit code, state, log and report tell the same story. */
function judgeCounts({ folder, batches, ends }, state) {
  const total = batches.length;
  const report = JSON.parse(readIfThere(join(folder, REPORT)) ?? '{}');
  const statuses = batches.map((batch) => state.batches?.[batch]?.status);
  const facts = {
    'exit code': [ends.at(-1).code, 0],
    'jobs in the state': [Object.keys(state.submitted_jobs ?? {}).length, total],
    'results in the state': [statuses.filter((status) => status === 'collected').length, total],
    'jobs in the report': [report.statistics?.submitted, total],
    'results in the report': [report.results?.length, total],
    'exit code in the log': [lastLogged(folder)?.data?.exitCode, 0],
  };
  return Object.entries(facts)
    .filter(([, [is, expected]]) => is !== expected)
    .map(([name, [is, expected]]) => failure('I11', `${name}: ${is} instead of ${expected}`));
}

function lastLogged(folder) {
  const line = (readIfThere(join(folder, LOG)) ?? '').trimEnd().split('\n').at(-1);
  return line === undefined || !line.includes('"run_finished"') ? undefined : JSON.parse(line);
}

/** I13: a clean exit leaves no lock and no temporary file. */
function judgeLeftovers(folder) {
  return filesUnder(folder)
    .filter((path) => /\.(?:lock|live|takeover|tmp|part)$|\.staged/.test(path))
    .map((path) => failure('I13', `left behind: ${path.slice(folder.length + 1)}`));
}

/** Far above what any trial needs, and far below what a loop without a pause sends. */
const MOST_REQUESTS_A_BATCH = 500;

/** I14: no fault makes the program storm the service. */
function judgeRequests({ emulator, batches }) {
  const count = emulator.requests().length;
  return count > MOST_REQUESTS_A_BATCH * batches.length ? [failure('I14', `${count} requests`)] : [];
}

/** I15: a fault of the service is no reason for a stack trace. */
export function judgeOutput({ command, code, output }) {
  const trace = /^\s+at .+:\d+:\d+\)?$|unhandled ?rejection|uncaught|this is a bug/im.exec(output);
  if (trace === null && code !== 13) return [];
  return [failure('I15', `\`${command}\` (exit code ${code}) printed: ${trace?.[0] ?? ''}`)];
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

/** @returns {Failure} */
function failure(code, what) {
  return { code, what };
}
