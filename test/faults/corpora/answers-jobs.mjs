import { body, changed, ECHO, NASTY, refusal, set, textOf } from './answer-tools.mjs';

const field = (name, path, value) => changed(name, (job) => set(job, path.split('.'), value));

/** Shapes that any answer about one job may have. @type {readonly import('./answer-tools.mjs').Answer[]} */
export const JOB_SHAPES = [
  field('no name', 'name', undefined),
  field('a name that is null', 'name', null),
  field('a name that is a number', 'name', 7),
  field('a name that is a list', 'name', ['batches/x']),
  field('an empty name', 'name', ''),
  field('a name without its kind', 'name', 'abcdef'),
  field('a name of another kind', 'name', 'operations/abc'),
  field('a name that is a path', 'name', 'batches/../../x'),
  field('a name with a query', 'name', 'batches/x?alt=media'),
  field('a name with an escape', 'name', 'batches/%2e%2e%2fx'),
  field('a name with controls', 'name', `batches/${NASTY}`),
  field('a name of 2,000 characters', 'name', `batches/${'a'.repeat(2000)}`),
  changed('a list of one job', (job) => [job]),
  changed('a job within a job', (job) => ({ response: job })),
  changed('a job with a prototype', (job) =>
    JSON.stringify(job).replace('{', '{"__proto__": {"name": "batches/polluted"}, '),
  ),
];

/** What a create may answer. @type {readonly import('./answer-tools.mjs').Answer[]} */
export const CREATES = [
  ...JOB_SHAPES,
  field('the display name of another job', 'metadata.displayName', 'bs1/aaaaaaaa/1/0123456789abcdef/a1'),
  field('a display name with controls', 'metadata.displayName', NASTY),
  field('metadata that is null', 'metadata', null),
  field('metadata that is a text', 'metadata', NASTY),
  field('metadata that is a list', 'metadata', []),
  field('a state of its own', 'metadata.state', `BATCH_STATE_${NASTY}`),
  field('a state that is a number', 'metadata.state', 4),
  field('done, and nothing else', 'done', true),
  field('an error beside the job', 'error', { code: 13, message: NASTY }),
  field('times that are none', 'metadata.createTime', NASTY),
  changed('a count beyond all', (job) =>
    textOf(set(job, ['metadata', 'batchStats', 'requestCount'], '@'), '@', '1e400'),
  ),
  body('an error under 200', { error: { code: 400, status: 'INVALID_ARGUMENT', message: NASTY } }),
  body(
    'a refusal that contradicts its status',
    { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'x' } },
    403,
  ),
  body('a refusal with a word of its own', { error: { code: 400, status: 'NO_WAY', message: NASTY } }, 400),
  body(
    'a refusal whose code is a text',
    { error: { code: '400', status: 'INVALID_ARGUMENT', message: 'x' } },
    400,
  ),
  body('a refusal within a list of two', [{}, { error: { code: 400, status: 'INVALID_ARGUMENT' } }], 400),
  body('409 of the service', { error: { code: 409, status: 'ABORTED', message: 'busy' } }, 409),
  body('408 of the service', { error: { code: 408, status: 'DEADLINE_EXCEEDED', message: 'slow' } }, 408),
  body('429 of something else', { error: { code: 429, status: 'ABORTED', message: 'x' } }, 429),
  body('429 in plain words', 'RESOURCE_EXHAUSTED', 429),
  body('504 of the service', { error: { code: 504, status: 'DEADLINE_EXCEEDED', message: ECHO } }, 504),
];

/**
 * Refusals in the service's own words: they are believed, so the service must not have acted. What is
 * tried again after a refusal has a new attempt, and with it a new copy of the input.
 * @type {readonly import('./answer-tools.mjs').Answer[]}
 */
export const CREATE_REFUSALS = [
  refusal('a bad argument', 400, 'INVALID_ARGUMENT', `${NASTY} ${ECHO}`, 3),
  refusal(
    'a place without service',
    400,
    'FAILED_PRECONDITION',
    'User location is not supported for the API use.',
    4,
  ),
  refusal('a key that is none', 401, 'UNAUTHENTICATED', ECHO, 4),
  refusal('no rights', 403, 'PERMISSION_DENIED', `Method doesn't allow unregistered callers ${ECHO}`, 4),
  refusal('no such model', 404, 'NOT_FOUND', `models/gemini is not found ${NASTY}`, 2),
  refusal('nothing here', 404, 'NOT_FOUND', NASTY, 3),
  refusal('too large', 413, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit', 3),
  refusal('waits that are none', 429, 'RESOURCE_EXHAUSTED', NASTY, 0, [
    { retryDelay: '1e400s' },
    { retryDelay: 7 },
    null,
    'x',
    [],
  ]),
  refusal('a wait in words', 429, 'RESOURCE_EXHAUSTED', 'Please retry in 99999999999999999999h', 0),
].map((answer) => Object.assign(answer, { hasCopies: answer.first === 3 }));

/** What a look at a job may answer. @type {readonly import('./answer-tools.mjs').Answer[]} */
export const JOB_LOOKS = [
  ...JOB_SHAPES,
  field('the name of another job', 'name', 'batches/abcdefghijklmnopqrstuvwxyz0123456789'),
  ...[
    'BATCH_STATE_PAUSED',
    'JOB_STATE_UPDATING',
    'BATCH_STATE_MELTED',
    NASTY,
    '',
    'constructor',
    '__proto__',
  ].map((state) => field(`a state "${JSON.stringify(state).slice(1, 20)}"`, 'metadata.state', state)),
  ...[7, null, [], {}, true].map((state) =>
    field(`a state of ${JSON.stringify(state)}`, 'metadata.state', state),
  ),
  ended('succeeded, without results', {}),
  ended('succeeded, with results at another origin', { responsesFile: 'https://example.com/files/x' }),
  ended('succeeded, with results that are a path', { responsesFile: 'files/../../x' }),
  ended('succeeded, with results that are an absolute path', { responsesFile: '/etc/passwd' }),
  ended('succeeded, with a name of 200 characters', { responsesFile: `files/${'x'.repeat(200)}` }),
  ended('succeeded, with results that are a number', { responsesFile: 7 }),
  ended('succeeded, with controls for results', { responsesFile: `files/${NASTY}` }),
  changed('an output that is null', (job) => ({ ...set(job, ['metadata', 'output'], null), response: null })),
  ...[-1, 1.5, 'NaN', '-5', '9'.repeat(40), null, [], {}].map((count) =>
    field(`a count of ${JSON.stringify(count).slice(0, 12)}`, 'metadata.batchStats.requestCount', count),
  ),
  changed('a count beyond all', (job) =>
    textOf(set(job, ['metadata', 'batchStats', 'requestCount'], '@'), '@', '1e400'),
  ),
  field('stats that are a list', 'metadata.batchStats', [1, 2]),
  field('times that are none', 'metadata.createTime', NASTY),
  field('an end that is none', 'metadata.endTime', NASTY),
  field('an end that is a number', 'metadata.endTime', 1e300),
  field('another display name', 'metadata.displayName', NASTY),
  field('another model', 'metadata.model', NASTY),
  field('another input', 'metadata.inputConfig', { fileName: 'files/../x' }),
  field('done that is a text', 'done', 'no'),
  refusal('a bad argument', 400, 'INVALID_ARGUMENT', NASTY, 0),
  refusal('a key that is none', 401, 'UNAUTHENTICATED', ECHO, 4),
  refusal('no rights', 403, 'PERMISSION_DENIED', ECHO, 0),
  refusal('nothing here', 404, 'NOT_FOUND', NASTY, 0),
  refusal('busy', 409, 'ABORTED', NASTY, 0),
  refusal('no quota now', 429, 'RESOURCE_EXHAUSTED', ECHO, 0),
];

function ended(name, output) {
  return changed(name, (job) => ({
    ...set(set(job, ['metadata', 'state'], 'BATCH_STATE_SUCCEEDED'), ['metadata', 'output'], output),
    done: true,
    response: { '@type': 'type.googleapis.com/x', ...output },
  }));
}
