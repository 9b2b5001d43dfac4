import { body, changed, NASTY, refusal, set } from './answer-tools.mjs';

/** Whether the settle time leaves room for another look is a matter of time. */
const EITHER = [0, 6];

/** Pages of a listing from which nothing may be concluded. @type {readonly import('./answer-tools.mjs').Answer[]} */
export const LISTINGS = [
  body('an empty object', '{}'),
  body('no operations, and something else', { jobs: [] }),
  changed('operations that are null', (page) => ({ ...page, operations: null })),
  changed('operations that are an object', (page) => ({ ...page, operations: { 0: page.operations[0] } })),
  changed('an entry that is null', (page) => ({ ...page, operations: [null, ...page.operations] })),
  changed('an entry without a name', (page) => ({ ...page, operations: [{ metadata: {} }] })),
  changed('a list within the list', (page) => ({ ...page, operations: [page.operations] })),
  changed('an entry with controls', (page) => withEntry(page, { name: `batches/${NASTY}` })),
  changed('an entry that is a path', (page) => withEntry(page, { name: 'batches/../../x' })),
  changed('a place that could not be reached', (page) => ({ ...page, operations: [], unreachable: ['us'] })),
  changed('a token that is a number', (page) => ({ ...page, nextPageToken: 7 })),
  changed('a token that is a list', (page) => ({ ...page, nextPageToken: ['x'] })),
  {
    ...changed('a token of 100 KB', (page) => ({ ...page, nextPageToken: 'x'.repeat(100_000) })),
    first: EITHER,
  },
  {
    ...changed('a token that is an address', (page) => ({ ...page, nextPageToken: '../../x?key=y&z#' })),
    first: EITHER,
  },
  { ...changed('a token with controls', (page) => ({ ...page, nextPageToken: NASTY })), first: EITHER },
  changed('a job of our name with another input', (page) =>
    withEntry(page, ours(page, { inputConfig: { fileName: 'files/somebody-elses' } })),
  ),
  changed('a job of our name with another model', (page) =>
    withEntry(page, ours(page, { model: 'models/gemini-1.0-ancient' })),
  ),
  changed('a job whose name ends like ours', (page) =>
    withEntry(page, ours(page, { displayName: `x ${page.operations[0].metadata.displayName}` })),
  ),
  changed('a job of our name that is a path', (page) =>
    withEntry(page, {
      name: 'batches/../../x',
      metadata: { displayName: page.operations[0].metadata.displayName },
    }),
  ),
  changed('10,000 jobs of other people', (page) => ({
    ...page,
    operations: [
      ...Array.from({ length: 10_000 }, (_, index) => ({
        name: `batches/other${index}`,
        metadata: { displayName: NASTY },
      })),
      ...page.operations,
    ],
  })),
  refusal('a bad page size', 400, 'INVALID_ARGUMENT', 'Invalid page_size.', EITHER),
  refusal('a key that is none', 401, 'UNAUTHENTICATED', NASTY, EITHER),
  refusal('no rights', 403, 'PERMISSION_DENIED', NASTY, EITHER),
  refusal('nothing here', 404, 'NOT_FOUND', NASTY, EITHER),
  refusal('no quota now', 429, 'RESOURCE_EXHAUSTED', NASTY, 0),
];

/** The same to every page for as long as the run lasts. @type {readonly import('./answer-tools.mjs').Answer[]} */
export const ENDLESS_LISTINGS = [
  { ...body('the same token again and again', { operations: [], nextPageToken: 'again' }), first: 6 },
  {
    name: 'a new token with every page',
    give: (exchange) =>
      exchange.answer(
        200,
        { 'content-type': 'application/json' },
        JSON.stringify({ operations: [], nextPageToken: `t${exchange.ordinal}` }),
      ),
    first: 6,
  },
];

function withEntry(page, entry) {
  return { ...page, operations: [entry, ...page.operations] };
}

/** A job that claims our batch: made earlier, so that it would be the one to keep. */
function ours(page, metadata) {
  const [job] = page.operations;
  return set({ ...job, name: 'batches/impostor' }, ['metadata'], {
    ...job.metadata,
    createTime: '2000-01-01T00:00:00Z',
    ...metadata,
  });
}
