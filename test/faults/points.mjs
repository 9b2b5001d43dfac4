import { FAULTS } from './faults.mjs';

/**
 * A request and what happens to it, once.
 * @typedef {object} Rule
 * @property {string} endpoint
 * @property {number} ordinal
 * @property {boolean} [sinceDelete] the ordinal counts from the first `files.delete`
 * @property {boolean} [isNext] the next one after the first rule has struck, whatever its ordinal
 * @property {boolean} [isLasting] the same to every later request of the endpoint, as long as the first run lasts
 * @property {string} fault a name in `faults.mjs`, or one of those the trial is given
 */

/**
 * One trial.
 * @typedef {object} Point
 * @property {string} id
 * @property {readonly Rule[]} rules the last one is what the trial is about
 * @property {number} [concurrency]
 * @property {number} [listLagMs]
 * @property {string} [settle] the settle time, such as `3s`; default that of `child.mjs`
 * @property {number} [pageSize] see `proxy.mjs`
 * @property {boolean} [tearLog] cut the last line of the log after the first run
 */

const BEYOND_A_REQUEST = [
  'delayed commit',
  'commit at the end of the settle time',
  'commit after the settle time',
  'kill and delayed commit',
];
const EVERY_FAULT = Object.keys(FAULTS).filter((name) => !BEYOND_A_REQUEST.includes(name));
/** Without those that only repeat another one where nothing is paid for. */
const MAIN_FAULTS = EVERY_FAULT.filter(
  (name) => !['kill 5 ms after reply', '503 before effect', '429', 'hang'].includes(name),
);
/** Where several requests are under way, the interesting ones lose an answer or the process. */
const LOST_ANSWERS = ['kill after effect', 'kill 5 ms after reply', 'reset after effect', '503 after effect'];

/** Requests that exist only because an earlier one went wrong, and what goes wrong first. */
const RECOVERIES = [
  {
    name: 'a create that never arrived',
    first: rule('batches.create', 2, 'reset before effect'),
    next: [
      ['batches.list', 1],
      ['batches.list', 2],
      ['files.delete', 1],
      ['files.get', 1],
      ['batches.list', 1, 'since delete'],
      ['upload.start', 4],
      ['upload.bytes', 4],
      ['batches.create', 4],
    ],
  },
  {
    name: 'a create whose answer was lost',
    first: rule('batches.create', 2, 'reset after effect'),
    next: [['batches.list', 1]],
  },
  {
    name: 'a create cut short by kill -9',
    first: rule('batches.create', 2, 'kill after effect'),
    next: [
      ['models.get', 2],
      ['batches.list', 1],
    ],
  },
  {
    name: 'an upload that broke off',
    first: rule('upload.bytes', 2, 'reset before effect'),
    next: [
      ['upload.query', 1],
      ['upload.bytes', 3],
    ],
  },
  {
    name: 'an upload whose answer was lost with the process',
    first: rule('upload.bytes', 2, 'kill after effect'),
    next: [
      ['files.get', 1],
      ['batches.create', 2],
    ],
  },
  {
    name: 'an upload session left open by kill -9',
    first: rule('upload.bytes', 2, 'kill on request'),
    next: [
      ['files.get', 1],
      ['upload.query', 1],
      ['upload.bytes', 3],
    ],
  },
];

/**
 * All points of the HTTP battery.
 * @param {ReadonlyMap<string, number>} clean how many requests of each endpoint one clean life cycle has
 * @param {boolean} nightly every fault everywhere, under every lag
 * @returns {readonly Point[]}
 */
export function httpPoints(clean, nightly) {
  const boundaries = boundariesOf(clean);
  const [second, third] = nightly ? [EVERY_FAULT, EVERY_FAULT] : [MAIN_FAULTS, LOST_ANSWERS];
  const points = [
    ...boundaries.flatMap(([endpoint, ordinal]) =>
      EVERY_FAULT.map((fault) => point('clean', [rule(endpoint, ordinal, fault)])),
    ),
    ...boundaries.flatMap(([endpoint, ordinal]) =>
      third.map((fault) => point('together', [rule(endpoint, ordinal, fault)], { concurrency: 8 })),
    ),
    ...RECOVERIES.flatMap(({ name, first, next }) =>
      next.flatMap(([endpoint, ordinal, since]) =>
        second.map((fault) =>
          point(name, [first, { ...rule(endpoint, ordinal, fault), sinceDelete: since !== undefined }]),
        ),
      ),
    ),
    ...createPoints(),
  ];
  if (!nightly) return points;
  const lagging = [100, 300].flatMap((listLagMs) =>
    points
      .filter(({ listLagMs: lag }) => lag === undefined)
      .map((one) => Object.assign({}, one, { listLagMs, id: `${one.id} / list lag ${listLagMs} ms` })),
  );
  return [...points, ...lagging];
}

/** The points at which a second payment is possible, in the order of the clean life cycle. */
function createPoints() {
  const creates = [1, 2, 3];
  const lost = [
    'kill after effect',
    'reset after effect',
    '503 after effect',
    'HTML 200 after effect',
    'truncated JSON after effect',
  ];
  const at = (ordinal, fault) => [rule('batches.create', ordinal, fault)];
  return [
    ...creates.flatMap((ordinal) =>
      BEYOND_A_REQUEST.map((fault) => point('delayed create', at(ordinal, fault))),
    ),
    ...creates.flatMap((ordinal) =>
      [100, 300].flatMap((listLagMs) =>
        [...lost, 'delayed commit'].map((fault) =>
          point(`list lag ${listLagMs} ms`, at(ordinal, fault), { listLagMs }),
        ),
      ),
    ),
    ...creates.map((ordinal) =>
      point('list lag 600 ms', at(ordinal, 'commit at the end of the settle time'), { listLagMs: 600 }),
    ),
    ...creates.map((ordinal) =>
      point('pages of one job', at(ordinal, 'reset after effect'), { pageSize: 1 }),
    ),
    point('torn log', at(2, 'kill after effect'), { tearLog: true }),
  ];
}

/**
 * Requests by endpoint and ordinal. How often the jobs are asked for depends on time, so only the
 * first three questions are sure to come.
 * @returns {readonly (readonly [string, number])[]}
 */
function boundariesOf(clean) {
  return [...clean].flatMap(([endpoint, count]) => {
    const sure = endpoint === 'batches.get' ? Math.min(count, 3) : count;
    return Array.from({ length: sure }, (_, index) => [endpoint, index + 1]);
  });
}

/** @returns {Rule} */
export function rule(endpoint, ordinal, fault) {
  return { endpoint, ordinal, fault };
}

/**
 * @param {string} family
 * @param {readonly Rule[]} rules
 * @param {Partial<Point>} [more]
 * @returns {Point}
 */
export function point(family, rules, more = {}) {
  const { endpoint, ordinal, sinceDelete, fault } = rules.at(-1);
  const where = sinceDelete ? `${endpoint} after files.delete` : `${endpoint} ${ordinal}`;
  return { id: `${family} / ${where} / ${fault}`, rules, ...more };
}
