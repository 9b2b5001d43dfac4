import { harmless } from './state-tools.mjs';

const SHA = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const asText = (id, change) => ({ id, state: ({ state }) => change(state.toString('utf8')) });

/**
 * States that look odd and say the truth: the run goes on as if nothing had been.
 * @type {readonly import('./state-tools.mjs').StateCase[]}
 */
export const HARMLESS_STATES = [
  asText('a byte order mark', (text) => `\ufeff${text}`),
  asText('CRLF', (text) => text.replaceAll('\n', '\r\n')),
  asText('no final newline', (text) => text.trimEnd()),
  asText('blank lines around it', (text) => `\n\n\t ${text}\n\n  \n`),
  asText('all in one line', (text) => JSON.stringify(JSON.parse(text))),
  asText('every character escaped', (text) =>
    text.replaceAll(
      /"[^"\\]*"/g,
      (word) =>
        `"${Array.from(word.slice(1, -1), (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`,
    ),
  ),
  asText('1.0 for a 1', (text) => text.replace('"version": 1', '"version": 1.0')),
  asText('1e0 for a 1', (text) => text.replace('"version": 1', '"version": 1e0')),
  harmless('keys in another order', (state) => Object.fromEntries(Object.entries(state).toReversed())),
  harmless('no keys of the older script', ({ version, state_id, created_at, batches }) => ({
    version,
    state_id,
    created_at,
    batches,
  })),
  harmless('last_run is null', (state) => void (state.last_run = null)),
  harmless('last_run in words', (state) => void (state.last_run = 'yesterday')),
  harmless('a wrong total', (state) => void (state.total_submitted = 7)),
  harmless('a wrong last batch', (state) => void (state.last_completed_batch = 204)),
  harmless('wrong failures', (state) => void (state.failed_batches = [1, 2, 3])),
  harmless('wrong uploads', (state) => void (state.uploaded_files = { 3: 'https://x/y' })),
  harmless(
    'keys that nobody knows',
    (state) => void Object.assign(state, { note: 'mine', extra: { a: [1] } }),
  ),
  harmless('a note in a record', (state) => void (state.batches['2'].note = 'mine')),
  harmless('batch 3 as pending', (state) => void (state.batches['3'] = { status: 'pending', attempt: 1 })),
  harmless(
    'batch 3 at its fourth attempt',
    (state) => void (state.batches['3'] = { status: 'pending', attempt: 4 }),
  ),
  harmless('batch 3 failed at its input', (state) => void (state.batches['3'] = failedAt('input'))),
  harmless('batch 3 failed at its upload', (state) => void (state.batches['3'] = failedAt('upload'))),
  harmless('batch 2 is said to run', (state) => void (state.batches['2'].jobState = 'running')),
  harmless('batch 2 is said to be unknown', (state) => void (state.batches['2'].jobState = 'unknown')),
  harmless('batch 2 forgot its input', (state) => void delete state.batches['2'].input),
  harmless('batch 2 forgot its upload', (state) => {
    delete state.batches['2'].file;
    delete state.uploaded_files['2'];
  }),
  harmless('batch 2 is called missing', (state) => {
    const { attempt, job, input, file } = state.batches['2'];
    state.batches['2'] = { ...failedAt('job'), reason: 'missing', attempt, job, input, file };
  }),
  harmless('batch 1 lost its counts', (state) => void delete state.batches['1'].stats),
  harmless('batch 1 is not collected yet', (state) => {
    const { saved: _saved, ...record } = state.batches['1'];
    state.batches['1'] = { ...record, status: 'succeeded' };
  }),
  harmless(
    'batch 1 saved somewhere else',
    (state) => void (state.batches['1'].saved.path = '../../elsewhere.jsonl'),
  ),
  harmless('batch 1 with another size', (state) => void (state.batches['1'].saved.sizeBytes += 1)),
  {
    ...harmless('an upload session at another origin', (state) => state),
    arrange(folder, base, { elsewhere, write }) {
      const value = structuredClone(base.value);
      value.batches['3'] = {
        status: 'uploading',
        attempt: 1,
        input: { path: 'batches/batch_003.jsonl', sizeBytes: 10, sha256: SHA, lines: 1 },
        fileName: `files/bs1-${value.state_id}-00003-x-a1`,
        sessionUrl: `${elsewhere}/upload/v1beta/files?upload_id=x`,
        startedAt: '2026-09-28T10:00:00.000Z',
      };
      write(folder, value);
    },
  },
];

function failedAt(step) {
  return {
    status: 'failed',
    attempt: 1,
    step,
    reason: 'x',
    detail: 'by hand',
    failedAt: '2026-09-28T10:00:00.000Z',
  };
}
