import { edited, SECRET } from './state-tools.mjs';

const SHA = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const TIME = '2026-09-28T10:00:00.000Z';
const input = { path: `in/${SECRET}.jsonl`, sizeBytes: 10, sha256: SHA, lines: 1 };
const file = { name: 'files/bs1-x', uri: 'files/bs1-x', sizeBytes: 10, uploadedAt: TIME, expiresAt: TIME };
const intent = { displayName: `bs1/${SECRET}`, model: 'm', sentAt: TIME };
const job = { name: 'batches/three', displayName: SECRET, model: 'm', submittedAt: TIME, adopted: false };
const saved = {
  path: 'x',
  sizeBytes: 1,
  sha256: SHA,
  lines: 1,
  answered: 1,
  failed: 0,
  missing: 0,
  savedAt: TIME,
};
const results = { kind: 'file', name: 'files/x' };
const stats = { requests: 1, succeeded: 1, failed: 0, pending: 0 };
const earlier = [{ attempt: 1, jobName: 'batches/two-ago', ended: 'failed', saved, results }];

/** A good record of each status, for batch 3, whose fields are then made wrong one by one. */
const RECORDS = {
  pending: { attempt: 1 },
  uploading: { attempt: 1, input, fileName: 'files/bs1-x', sessionUrl: 'https://x/y', startedAt: TIME },
  uploaded: { attempt: 1, input, file },
  creating: { attempt: 1, input, file, intent },
  uncertain: { attempt: 1, input, file, intent, reason: SECRET, since: TIME },
  submitted: { attempt: 2, earlier, input, file, job, jobState: 'pending', asOf: TIME },
  succeeded: { attempt: 1, input, file, job, endedAt: TIME, results, stats },
  collected: { attempt: 1, input, file, job, endedAt: TIME, results, stats, saved },
  expired: { attempt: 1, input, file, job, endedAt: TIME, results },
  cancelled: { attempt: 1, input, file, job, endedAt: TIME, stats, saved },
  failed: { attempt: 1, step: 'create', reason: SECRET, detail: SECRET, failedAt: TIME, input, file, job },
};

/** One wrong value for each field; the next field gets the next one that is no value of its kind. */
let turn = 0;
const WRONG = [null, 5, true, [], {}, -1, 1.5, '', '\u0000', 'x'];

/** Fields whose absence is a fault. */
const NEEDED = [
  ['uploading', 'fileName'],
  ['uploaded', 'file'],
  ['uploaded', 'input'],
  ['creating', 'intent'],
  ['uncertain', 'since'],
  ['submitted', 'job'],
  ['submitted', 'job.name'],
  ['submitted', 'jobState'],
  ['succeeded', 'endedAt'],
  ['collected', 'saved'],
  ['collected', 'saved.path'],
  ['collected', 'saved.sha256'],
  ['failed', 'step'],
  ['failed', 'detail'],
];

/**
 * Fields a status cannot have: on the next save they would be lost.
 * @type {readonly (readonly [string, string, unknown])[]}
 */
const NOT_HERE = [
  ['pending', 'job', job],
  ['pending', 'intent', intent],
  ['uploading', 'job', job],
  ['uploaded', 'intent', intent],
  ['creating', 'job', job],
  ['uncertain', 'saved', saved],
  ['submitted', 'saved', saved],
];

/** @type {readonly import('./state-tools.mjs').StateCase[]} */
export const STATE_FIELDS = [
  ...Object.entries(RECORDS).flatMap(([status, record]) => wrongFields(status, record)),
  ...NEEDED.map(([status, path]) => withRecord(`${status} without ${path}`, status, path, undefined)),
  ...NOT_HERE.map(([status, path, value]) => withRecord(`${status} with ${path}`, status, path, value)),
];

function wrongFields(status, record) {
  return pathsOf(record).map((path) => {
    const right = path.split('.').reduce((value, key) => value[key], record);
    const isOpenText = typeof right === 'string' && !/(?:sha256|kind|step|jobState)$/.test(path);
    const fits = (value) =>
      (isOpenText && typeof value === 'string') || (value === null ? false : sameKind(right, value));
    do turn += 1;
    while (fits(WRONG[turn % WRONG.length]));
    const wrong = WRONG[turn % WRONG.length];
    return withRecord(`${status}: ${path} is ${JSON.stringify(wrong)}`, status, path, wrong);
  });
}

/** True where a value of WRONG would be right after all. */
function sameKind(right, wrong) {
  if (typeof right === 'number') return Number.isInteger(wrong);
  if (typeof right === 'boolean') return typeof wrong === 'boolean';
  return Array.isArray(right) && Array.isArray(wrong);
}

function withRecord(id, status, path, value) {
  const name = path.split('.').at(-1);
  return edited(
    id,
    (state) => {
      const record = { status, ...structuredClone(RECORDS[status]) };
      const keys = path.split('.');
      const last = keys.pop();
      const holder = keys.reduce((inner, key) => inner[key], record);
      if (value === undefined) delete holder[last];
      else holder[last] = value;
      state.batches['3'] = record;
      delete state.submitted_jobs;
    },
    new RegExp(`batch 3 is wrong.*${name}|batch 3 is wrong: "`),
  );
}

function pathsOf(value, prefix = '') {
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = `${prefix}${key}`;
    return [path].concat(typeof inner === 'object' ? pathsOf(inner, `${path}.`) : []);
  });
}
