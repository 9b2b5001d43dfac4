import { create, noFault } from './helpers.mjs';

const tooLate = [3, 2, 1].map((ordinal) => create(ordinal, 'commit after the settle time'));

/**
 * Ways to pay twice, or to lose what was paid for.
 * @type {readonly import('./helpers.mjs').Bug[]}
 */
export const CREATE_BUGS = [
  {
    name: 'the intent is not on disk before the create',
    file: 'submit/create-job.js',
    search: "await store.apply(batch, { type: 'create_intended', intent });",
    replace: "void store.apply(batch, { type: 'create_intended', intent });",
    expects: ['I7'],
    by: [noFault, create(2, 'kill on request'), create(3, 'kill on request')],
  },
  {
    name: 'an unknown outcome is taken for a refusal',
    file: 'submit/create-job.js',
    search: "if (failure.kind === 'unknown_outcome') {",
    replace: "if (failure.kind === 'never') {",
    expects: ['I1', 'I2'],
    // The look before the first create of a run would find the job, if the listing showed it by then.
    by: [1, 2].map((ordinal) => create(ordinal, 'reset after effect', { listLagMs: 4000 })),
  },
  {
    name: 'a create without an answer is sent again',
    file: 'gemini/classify.js',
    search: "return call === 'create' ? 'unknown_outcome' : 'unavailable';",
    replace: "return call === 'create' ? 'not_sent' : 'unavailable';",
    expects: ['I1', 'I2'],
    by: [create(2, 'HTML 200 after effect'), create(1, 'reset after effect')],
  },
  {
    name: 'a request that left is called not sent',
    file: 'gemini/http-exchange.js',
    search: 'sent = true;',
    replace: 'sent = false;',
    expects: ['I1', 'I2'],
    by: [create(2, 'reset after effect'), create(1, 'reset after effect')],
  },
  {
    name: 'only the first page of the listing is read',
    file: 'service/walk-pages.js',
    search: 'token = listed.value.nextPageToken;',
    replace: 'token = undefined;',
    expects: ['I1', 'I2'],
    by: [1, 2].map((ordinal) => create(ordinal, 'reset after effect', { pageSize: 1 })),
  },
  {
    name: 'a job that was found is not adopted',
    file: 'submit/adopt-match.js',
    search: 'if (kept === undefined)',
    replace: 'if (kept !== 0)',
    expects: ['I1', 'I2'],
    by: [create(2, 'reset after effect'), create(2, 'kill after effect')],
  },
  {
    name: 'the name of a created job is not saved',
    file: 'submit/create-job.js',
    search: "await store.apply(batch, { type: 'created', job });",
    replace: '',
    expects: ['FIRST'],
    by: [noFault],
  },
  {
    name: 'the file of the next attempt has the same name',
    file: 'model/names.js',
    search: '-${number}-`, `-a${parts.attempt}`]',
    replace: '-${number}-`, `-a1`]',
    expects: ['I1'],
    by: tooLate,
  },
  {
    name: 'a fenced batch does not count its attempt',
    file: 'model/transition.js',
    search:
      "expectStatus(record, event, 'creating', 'uncertain');\n            return { ...common, status: 'pending', attempt: record.attempt + 1 };",
    replace:
      "expectStatus(record, event, 'creating', 'uncertain');\n            return { ...common, status: 'pending' };",
    expects: ['I1'],
    by: tooLate,
  },
  {
    name: 'the fence is skipped',
    file: 'submit/reconcile.js',
    search: 'if (await isInputGone(context, batch))',
    replace: 'if (batch > 0)',
    expects: ['I1'],
    by: tooLate,
  },
  {
    name: 'a lost create is given no time to appear',
    file: 'cli/commands/submit-plan.js',
    search: 'settleMs: settings.settleMs,',
    replace: 'settleMs: 0,',
    expects: ['I1', 'I2'],
    // With no job known yet there is none whose absence would show that the listing lags.
    by: [1, 1].map((ordinal) => create(ordinal, 'kill after effect', { listLagMs: 1500 })),
  },
  {
    name: 'nobody waits after the fence',
    file: 'submit/reconcile.js',
    search: "if (options.onAmbiguous === 'wait')",
    replace: "if (options.onAmbiguous === 'never')",
    expects: ['I1', 'I2'],
    // Long enough that four times the lag seen in the same run is no more.
    by: [3, 2, 3].map((ordinal) => create(ordinal, 'commit after 2700 ms', { listLagMs: 600, settle: '3s' })),
  },
];
