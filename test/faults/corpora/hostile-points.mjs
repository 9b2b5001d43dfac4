import { ANY_CALL, gatewayRefusals } from './answers-any-call.mjs';
import { DOWNLOADS } from './answers-downloads.mjs';
import { CREATE_REFUSALS, CREATES, JOB_LOOKS } from './answers-jobs.mjs';
import { ENDLESS_LISTINGS, LISTINGS } from './answers-lists.mjs';
import { MODEL_LOOKS } from './answers-models.mjs';
import { fileAnswers, UPLOAD_ENDS, UPLOAD_STARTS } from './answers-uploads.mjs';
import { mutatedAnswers } from './mutated-answers.mjs';

/**
 * One trial: where the answer is given, and how the run that meets it ends.
 * @typedef {import('../points.mjs').Point & {
 *   faults: Record<string, (hands: import('../faults.mjs').Hands) => object>,
 *   ends: readonly number[] | undefined, hasCopies: boolean, batches: number, isPaidFor: boolean }} HostilePoint
 */

/** An upload whose session is gone although its file is there: only then is a file looked up. */
const SESSION_LOST = {
  after: (exchange) =>
    exchange.answer(400, { 'x-goog-upload-status': 'final' }, 'Upload has already been terminated.'),
};
const LOST_SESSION = rule('upload.bytes', 'session lost');
const LOST_ANSWER = rule('batches.create', 'reset after effect');
const NEVER_ARRIVED = rule('batches.create', 'reset before effect');

/** How each call is got to, what it may be answered, and how a run ends that is never answered better. */
const CALLS = [
  { call: 'models.get', answers: MODEL_LOOKS, neverEnds: 1 },
  { call: 'upload.start', answers: [...gatewayRefusals(), ...UPLOAD_STARTS], neverEnds: 3 },
  { call: 'upload.bytes', answers: [...gatewayRefusals(), ...UPLOAD_ENDS], neverEnds: 0 },
  {
    call: 'upload.query',
    first: rule('upload.bytes', 'reset before effect'),
    answers: [],
    neverEnds: [0, 3],
  },
  { call: 'files.get', first: LOST_SESSION, answers: fileAnswers((file) => file), neverEnds: 3 },
  {
    call: 'batches.create',
    answers: [...gatewayRefusals(), ...CREATES, ...CREATE_REFUSALS],
    neverEnds: 0,
  },
  { call: 'batches.list', first: LOST_ANSWER, answers: [...gatewayRefusals(), ...LISTINGS], neverEnds: 6 },
  { call: 'files.delete', first: NEVER_ARRIVED, answers: [], neverEnds: [0, 6] },
  { call: 'batches.get', answers: [...gatewayRefusals(), ...JOB_LOOKS], neverEnds: 8 },
  // Whether another round of looks comes after a bad result is a matter of time.
  { call: 'download', answers: [...gatewayRefusals(), ...DOWNLOADS], ends: [0, 3], neverEnds: 3 },
];

const WHOLE_RUN = new Set([
  'empty 200',
  '11 MB',
  'no HTTP at all',
  '307 to another origin',
  '503 that echoes the key',
]);

const SHORT_RESULTS = new Set(['empty 200', '11 MB']);

/** Of what is not about creates, every so many-th is tried at the gate; the seed says which. */
const GATE_SHARE = 4;
const MUTATIONS = 2000;

/**
 * @param {{ nightly: boolean, seed: number, filter?: string }} wish a filter is for all there is
 * @returns {readonly HostilePoint[]}
 */
export function hostilePoints({ nightly, seed, filter }) {
  const all = [
    ...CALLS.flatMap(({ answers, ...way }) =>
      [...ANY_CALL, ...answers].map((answer) => pointFor({ ...way, answer })),
    ),
    ...ANY_CALL.map((answer) => pointFor({ call: 'batches.create', answer: { ...answer, when: 'before' } })),
    ...CALLS.flatMap(({ neverEnds, call, first }) =>
      // A result that comes short again and again is kept as what it is.
      ANY_CALL.filter(
        ({ name }) => WHOLE_RUN.has(name) && !(call === 'download' && SHORT_RESULTS.has(name)),
      ).map((answer) =>
        pointFor({ call, first, isLasting: true, answer: { ...answer, first: neverEnds, hasCopies: true } }),
      ),
    ),
    ...ANY_CALL.map((answer) => pointFor({ call: 'batches.list', place: 'first of all', answer })),
    ...ENDLESS_LISTINGS.map((answer) =>
      pointFor({ call: 'batches.list', first: LOST_ANSWER, isLasting: true, answer }),
    ),
  ];
  const isFuzz = nightly || filter?.includes('mutation') === true;
  if (!isFuzz && filter !== undefined) return all;
  if (!isFuzz) return all.filter((point, index) => point.isPaidFor || (index + seed) % GATE_SHARE === 0);
  const mutable = CALLS.filter(
    ({ call }) => !['upload.start', 'upload.query', 'files.delete'].includes(call),
  );
  const mutated = mutatedAnswers(seed, MUTATIONS).map((answer, index) =>
    pointFor({ ...mutable[index % mutable.length], answer }),
  );
  return [...all, ...mutated];
}

function pointFor({ call, first, isLasting = false, ends: usualEnds = 0, place, answer }) {
  const { name, give, when = 'after', hasCopies = false } = answer;
  const notes = [
    ...(place === undefined ? [] : [place]),
    ...(isLasting ? ['always'] : []),
    ...(when === 'before' ? ['not acted on'] : []),
  ];
  const id = [call, ...notes, name].join(' / ');
  return {
    id,
    rules: [
      ...(first === undefined ? [] : [first]),
      { ...rule(call, id), isLasting, isNext: first !== undefined },
    ],
    ends: endsOf('first' in answer && answer.first !== 0 ? answer.first : usualEnds),
    hasCopies,
    // Where one batch must not keep the other from being done, there are two.
    batches: call.startsWith('batches.') || isLasting ? 2 : 1,
    isPaidFor: call === 'batches.create' && !isLasting,
    faults: {
      'session lost': () => SESSION_LOST,
      [id]: (hands) => ({
        [when](exchange) {
          exchange.reply ??= NOTHING_YET;
          return give(exchange, hands);
        },
      }),
    },
  };
}

function endsOf(ends) {
  return typeof ends === 'number' ? [ends] : ends;
}

/** What an answer may change when the service has not been asked. */
const NOTHING_YET = { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') };

function rule(endpoint, fault) {
  return { endpoint, ordinal: 1, fault };
}
