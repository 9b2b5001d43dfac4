import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const STATE = 'batch_submission_state.json';
export const LOG = 'batch_submission_log.jsonl';
export const REPORT = 'batch_submission_final_report.json';
export const RESULTS = 'batch_results';

/**
 * Something that must never be, by the number of the invariant it breaks.
 * @typedef {object} Failure
 * @property {string} code `I1` to `I15`, or a word
 * @property {string} what
 */

/**
 * Watches the files of one folder while a run is under way, so that what was wrong only for a moment is
 * seen as well.
 * @param {string} folder
 */
export function createWitness(folder) {
  /** @type {Map<string, string>} job name to the batch that had it first */
  const names = new Map();
  /** @type {Map<string, Set<string>>} */
  const resultHashes = new Map();
  /** @type {Failure[]} */
  const failures = [];
  const note = (code, what) => {
    if (!failures.some((one) => one.code === code && one.what === what)) failures.push({ code, what });
  };
  let text;

  return {
    failures,
    /** Every content that was ever seen under a final name in the results folder, by file name. */
    resultHashes,
    /** I3, I4: reads the state as it is on disk now. */
    look() {
      text = readIfThere(join(folder, STATE));
      if (text === undefined) {
        if (names.size > 0) note('I3', 'the state file is gone');
        return;
      }
      const state = parse(text);
      if (state === undefined) {
        note('I4', `the state is not JSON: ${text.length} characters`);
        return;
      }
      if (state.version !== 1) note('I4', `the state says that it is of version ${state.version}`);
      const present = namesIn(state);
      for (const [name, batch] of names) {
        if (!present.has(name)) note('I3', `the name ${name} of batch ${batch} is no longer in the state`);
      }
      for (const [name, batch] of present) names.set(name, batch);
    },
    /**
     * I7: is the intent of this create on disk? `look` was called when its first byte arrived.
     * @param {Buffer} body of the create request
     */
    judgeCreate(body) {
      const { batch } = JSON.parse(body.toString('utf8'));
      const { displayName } = batch;
      const records = Object.values(parse(text ?? '')?.batches ?? {});
      const intended = records.filter(({ intent }) => intent?.displayName === displayName);
      if (intended.length === 1 && intended[0].status === 'creating') return;
      note('I7', `the create "${displayName}" was sent before its intent was on disk`);
    },
    /** I8: what stands under a final name now. */
    lookAtResults() {
      for (const name of listIfThere(join(folder, RESULTS))) {
        if (!/^batch_\d+\.jsonl$/.test(name)) continue;
        const hashes = resultHashes.get(name) ?? new Set();
        hashes.add(sha256(readFileSync(join(folder, RESULTS, name))));
        resultHashes.set(name, hashes);
      }
    },
  };
}

/** @returns {Map<string, string>} every job name the state holds, those of earlier attempts too */
export function namesIn(state) {
  const found = new Map();
  for (const [batch, record] of Object.entries(state.batches ?? {})) {
    const earlier = (record.earlier ?? []).map(({ jobName }) => jobName);
    for (const name of [record.job?.name, ...earlier, ...(record.duplicates ?? [])]) {
      if (name !== undefined) found.set(name, batch);
    }
  }
  return found;
}

export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

export function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

export function listIfThere(path) {
  try {
    return readdirSync(path);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
