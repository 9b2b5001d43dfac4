import { edited, SECRET } from './state-tools.mjs';

const NEWER = /newer version/;
const DISAGREE = /disagree about/;
const SAME_JOB = /have the same job/;
const TIME = '2026-09-28T10:00:00.000Z';

const versions = [2, 3, 999, 0, -1, 1.5, '1', '', null, true, [1], {}];

/** @type {readonly (readonly [string, unknown])[]} */
const TOP_FIELDS = [
  ['state_id', undefined],
  ['state_id', ''],
  ['state_id', 'K3V9-2MA'],
  ['state_id', '../../ab'],
  ['state_id', 'a'.repeat(9)],
  ['state_id', 7],
  ['created_at', undefined],
  ['created_at', 7],
  ['last_run', 5],
  ['last_run', {}],
  ['batches', undefined],
  ['batches', null],
  ['batches', []],
  ['batches', SECRET],
  ['submitted_jobs', []],
  ['submitted_jobs', null],
  ['submitted_jobs', SECRET],
];

/** JSON of the right form that contradicts itself, or belongs to another program. @type {readonly import('./state-tools.mjs').StateCase[]} */
export const STATE_MEANINGS = [
  ...versions.map((version) =>
    edited(`version ${JSON.stringify(version)}`, (state) => void (state.version = version), NEWER),
  ),
  edited('a newer version of another shape', () => ({ version: 2, jobs: { 1: SECRET } }), NEWER),
  edited('no version', (state) => void delete state.version, /"version" is missing/),
  ...TOP_FIELDS.map(([key, value]) =>
    edited(
      `${key} is ${JSON.stringify(value)}`,
      (state) => void (state[key] = value),
      new RegExp(`"${key}" is wrong`),
    ),
  ),
  ...['0', '-1', '081', '1.5', '1e3', '1000000000', '+1', ' 1', '٨١', SECRET, ''].map((number) =>
    edited(
      `a batch "${number}"`,
      (state) => void (state.batches[number] = { status: 'pending', attempt: 1 }),
      /not a batch number/,
    ),
  ),
  ...[null, 7, SECRET, [], true].map((record) =>
    edited(
      `a record that is ${JSON.stringify(record)}`,
      (state) => void (state.batches['3'] = record),
      /batch 3/,
    ),
  ),
  edited('a status of its own', (state) => void (state.batches['1'].status = SECRET), /batch 1 is wrong/),
  edited(
    'a status in capitals',
    (state) => void (state.batches['1'].status = 'COLLECTED'),
    /batch 1 is wrong/,
  ),
  edited('a status of another record', (state) => void (state.batches['2'].status = 'collected'), /batch 2/),
  edited(
    'a collected batch that is pending',
    (state) => void (state.batches['1'].status = 'pending'),
    /batch 1/,
  ),
  edited('two batches with one job', (state) => rejoin(state, '2', state.batches['1'].job.name), SAME_JOB),
  edited(
    "another batch's earlier job",
    (state) =>
      void (state.batches['3'] = {
        status: 'pending',
        attempt: 2,
        earlier: [{ attempt: 1, jobName: state.batches['1'].job.name, ended: 'failed' }],
      }),
    SAME_JOB,
  ),
  edited(
    'a job added to the view',
    (state) => void (state.submitted_jobs['3'] = { job_name: 'batches/x' }),
    DISAGREE,
  ),
  edited('a job added as a text', (state) => void (state.submitted_jobs['3'] = 'batches/x'), DISAGREE),
  edited('a job taken from the view', (state) => void delete state.submitted_jobs['2'], DISAGREE),
  edited(
    'a job renamed in the view',
    (state) => void (state.submitted_jobs['2'].job_name = 'batches/x'),
    DISAGREE,
  ),
  edited('a record taken from the batches', (state) => void delete state.batches['2'], DISAGREE),
  edited(
    'a job renamed in the record',
    (state) => void (state.batches['2'].job.name = 'batches/x'),
    DISAGREE,
  ),
  edited(
    'a key in the view that is no number',
    (state) => void (state.submitted_jobs[SECRET] = { job_name: 'batches/x' }),
    DISAGREE,
  ),
  edited('all records gone', (state) => void (state.batches = {}), DISAGREE),
  {
    ...edited(
      'made for other files',
      (state) =>
        void Object.assign(state.batches['1'].input, { path: '/other/first_001.jsonl', sizeBytes: 999_999 }),
      /made for other files/,
    ),
    onlyRuns: true,
  },
  older('older jobs that are text', { submitted_jobs: SECRET }, /neither a list nor an object/),
  older('older failures that are a number', { failed_batches: 3 }, /neither a list nor an object/),
  older('older uploads that are a truth', { uploaded_files: true }, /neither a list nor an object/),
  older(
    'an older job of no batch',
    { submitted_jobs: [{ job_name: 'batches/a8c3e1f7' }] },
    /without a batch number/,
  ),
  older('an older job of batch 0', { submitted_jobs: { 0: 'batches/a8c3e1f7' } }, /without a batch number/),
  older(
    'an older job of batch -',
    { submitted_jobs: { x: { job_name: 'batches/a8' } } },
    /without a batch number/,
  ),
  older('an older job of two batches', { submitted_jobs: { 1: 'batches/a8', 2: 'batches/a8' } }, SAME_JOB),
  older('an older state with an id', { submitted_jobs: {}, state_id: 'k3v9q2ma' }, /"version" is missing/),
  older('an older state with records', { submitted_jobs: {}, batches: {} }, /"version" is missing/),
];

function older(id, value, says) {
  return edited(id, () => ({ last_completed_batch: 1, last_run: TIME, ...value }), says);
}

function rejoin(state, batch, name) {
  state.batches[batch].job.name = name;
  state.submitted_jobs[batch].job_name = name;
}
