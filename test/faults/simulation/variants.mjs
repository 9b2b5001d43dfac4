/**
 * Faults planted on purpose, one at a time: in the world (a flag) or in a copy of a module (a change of
 * its text). A battery that lets one of them live would prove nothing about the program.
 *
 * @typedef {object} Variant
 * @property {string} name
 * @property {string} what the fault, for the table
 * @property {import('./setup.mjs').WorldFlags} [flags]
 * @property {readonly import('./workbench.mjs').Mutation[]} [mutations]
 * @property {number} [from] the first seed that is worth a try, default 1
 * @property {number} [seeds] the last one, where it is not the usual
 */

const RECONCILE = 'submit/reconcile.js';
const SETTLE = 'submit/settle-time.js';

/** @type {readonly Variant[]} */
export const PLANTED = [
  { name: 'naive', what: 'the intent is never saved', flags: { ignoresIntent: true } },
  {
    name: 'intent-late',
    what: 'the intent is saved after the answer',
    mutations: [
      {
        file: 'submit/create-job.js',
        find: "await store.apply(batch, { type: 'create_intended', intent });",
        replace: '',
      },
      {
        file: 'submit/create-job.js',
        find: 'if (result.ok) {',
        replace: "await store.apply(batch, { type: 'create_intended', intent });\n    if (result.ok) {",
      },
    ],
  },
  { name: 'no-settle', what: 'the first look decides', flags: { settlesAtOnce: true } },
  {
    name: 'settle-from-sending',
    what: 'the settle time counts from the sending, not from the loss',
    // The create must be slow, lost, and listed late, all in one: no history before these has it.
    from: 9_000,
    seeds: 12_000,
    mutations: [
      {
        file: SETTLE,
        find: "record.status === 'uncertain' ? Date.parse(record.serviceSince ?? '') : Number.NaN",
        replace: 'Date.parse(record.intent.sentAt) - SERVICE_CLOCK_MARGIN_MS',
      },
    ],
  },
  {
    name: 'settle-by-wall-clock',
    what: 'the settle time counts by a clock that can be set',
    flags: { setsClock: true },
    mutations: [
      // Without the pause behind the fence, which is long enough for both.
      { file: RECONCILE, find: 'await clock.sleep(settleMs(context), signal);', replace: ';' },
      {
        file: SETTLE,
        find: 'const beganMs = clock.monotonicMs();',
        replace: 'const beganMs = clock.now().getTime();',
      },
      {
        file: SETTLE,
        find: '(clock.monotonicMs() - beganMs)',
        replace: '(clock.now().getTime() - beganMs)',
      },
    ],
  },
  { name: 'no-fence', what: 'a create of a deleted file is accepted', flags: { deletedFilesWork: true } },
  {
    name: 'fence-keeps-the-name',
    what: 'the attempt after a fence has the old names, at once',
    mutations: [
      // Without the pause behind the fence, which hides the mistake by luck.
      { file: RECONCILE, find: 'await clock.sleep(settleMs(context), signal);', replace: ';' },
      {
        file: 'model/transition.js',
        find: "case 'fenced':\n            expectStatus(record, event, 'creating', 'uncertain');\n            return { ...common, status: 'pending', attempt: record.attempt + 1 };",
        replace:
          "case 'fenced':\n            expectStatus(record, event, 'creating', 'uncertain');\n            return { ...common, status: 'pending' };",
      },
    ],
  },
  {
    name: 'first-page-only',
    what: 'only the first page of the listing is read',
    mutations: [
      {
        file: 'service/walk-pages.js',
        find: 'if (isEnough || token === undefined)',
        replace: 'if (page === 0)',
      },
    ],
  },
  {
    name: 'failed-list-is-empty',
    what: 'a listing that failed counts as one without the job',
    mutations: [
      {
        file: 'submit/look-up.js',
        find: "emit({ event: 'warning', message });\n        return undefined;",
        replace: 'return { jobs: [], doubt: () => undefined };',
      },
    ],
  },
  {
    name: 'match-by-number',
    what: 'any job with the number of the batch is adopted',
    mutations: [
      {
        file: 'submit/look-up.js',
        find: "marks.has(markIn(job.displayName) ?? 'none')",
        replace: 'true',
      },
      {
        file: 'submit/adopt-match.js',
        find: 'jobs.filter((job) => isMatch(job, record))',
        replace: 'jobs.filter((job) => new RegExp(`(/|_0*)${batch}(/|$)`).test(job.displayName))',
      },
    ],
  },
  {
    name: 'unknown-is-retried',
    what: 'a lost answer counts as a request that was never sent',
    flags: { reportsUnknownAsNotSent: true },
  },
  {
    name: 'create-is-repeated',
    what: 'creates go through the loop for calls that may be repeated',
    mutations: [
      {
        file: 'service/retrying-service.js',
        find: 'createJob: (request) => inner.createJob(request),',
        replace:
          "createJob: (request) => repeat('create', new AbortController().signal, () => inner.createJob(request)),",
      },
    ],
  },
  { name: 'no-folder-sync', what: 'a power cut can undo a save', flags: { skipsFolderSync: true } },
  { name: 'name-late', what: 'the name of a job waits for the next save', flags: { savesNameLate: true } },
  { name: 'stale-save', what: 'saves overtake each other', flags: { savesStale: true } },
  {
    name: 'requeue-forgets',
    what: 'the job of an ended attempt is dropped from the state',
    mutations: [
      {
        file: 'model/transition.js',
        find: 'earlier: [...(record.earlier ?? []), pastAttempt(record, ended)]',
        replace: 'earlier: record.earlier',
      },
    ],
  },
  {
    name: 'lost-is-submitted-again',
    what: 'a batch with an open create is submitted like a new one',
    mutations: [
      {
        file: 'submit/submit.js',
        find: "action.kind === 'look_up'",
        replace: 'false',
      },
      {
        file: 'submit/submit.js',
        find: "action.kind === 'upload_and_create' || action.kind === 'create'",
        replace: "action.kind !== 'skip'",
      },
      {
        file: 'model/transition.js',
        find: "expectStatus(record, event, 'pending', 'uploading', 'failed');",
        replace: '',
      },
    ],
  },
  {
    name: 'failed-save-counts',
    what: 'a save that failed counts as done',
    mutations: [{ file: 'state/group-commit.js', find: 'failure = { error };', replace: '' }],
  },
];

/**
 * What the README does not promise, measured all the same: how the real protocol fares when the service
 * or the machine breaks the assumptions.
 * @type {readonly Variant[]}
 */
export const BEYOND = [
  {
    name: 'late-by-more-than-settle',
    what: 'a create lands in the last moment before its file is deleted',
    flags: { landsBeforeFence: true },
  },
  {
    name: 'short-listings',
    what: 'listings are empty for a while, under a 200',
    flags: { listsShort: true },
  },
];

/** @returns {Variant} */
export function variantOf(name) {
  const found = [...PLANTED, ...BEYOND].find((variant) => variant.name === name);
  if (found !== undefined) return found;
  const names = [...PLANTED, ...BEYOND].map((variant) => variant.name).join(', ');
  throw new Error(`Cannot find the variant "${name}": it is none of ${names}`);
}
