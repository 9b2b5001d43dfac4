import { INPUT_FILES } from '../corpora/input-files.mjs';
import { INPUT_LINES } from '../corpora/input-lines.mjs';
import { INPUT_NAMES } from '../corpora/input-names.mjs';
import { INPUT_CHANGES, INPUT_PLACES } from '../corpora/input-places.mjs';
import { judgeInput } from '../corpora/input-trials.mjs';
import { LINE } from '../corpora/input-tools.mjs';
import { mutateBytes } from '../corpora/mutated-bytes.mjs';
import { inParallel, WIDTH } from '../pool.mjs';
import { createWarm } from '../warm.mjs';
import { spread } from '../spread.mjs';

const MUTATIONS = 2000;
/** One trial in so many is made by fresh processes only; those whose memory is watched always are. */
const FRESH_EVERY = 25;

/** @type {readonly import('../corpora/input-tools.mjs').InputCase[]} */
const CASES = [...INPUT_PLACES, ...INPUT_LINES, ...INPUT_FILES, ...INPUT_NAMES, ...INPUT_CHANGES];

/**
 * Input that people and programs leave in a folder of batches. What is bad is found before a byte of it
 * is sent, the batches beside it go on, and nothing that is odd but right is refused.
 * @param {import('../run.mjs').Battery} battery
 * @returns {Promise<import('../run.mjs').PartResult>}
 */
export async function badInputs({ program, nightly, share, seed, filter, progress }) {
  const isFuzz = nightly || filter?.includes('mutation') === true;
  const all = [...CASES, ...(isFuzz ? mutations(seed) : [])];
  const chosen = (filter === undefined ? spread(all, Math.max(share, 0.25)) : all).filter(
    ({ id }) => filter === undefined || id.includes(filter),
  );
  const warm = Array.from({ length: WIDTH }, () => createWarm(program));
  const failures = (
    await inParallel(chosen, async (one, lane, index) => {
      const found = await judgeCase(program, index % FRESH_EVERY === 0 ? undefined : warm[lane], one);
      progress({ failures: found });
      return found.map(({ code, what }) => ({
        what: `${code} ${what} — ${one.id}`,
        reproduce: reproduce(one.id, seed),
      }));
    })
  ).flat();
  await Promise.all(warm.map((one) => one.close()));
  return { name: 'bad-inputs', trials: chosen.length, failures, notes: [] };
}

/** For planted bugs: the cases by name. @returns {Promise<readonly string[]>} codes */
export async function badInputCodes(program, ids) {
  const warm = createWarm(program);
  try {
    const codes = [];
    for (const id of ids) {
      const one = CASES.find((candidate) => candidate.id === id);
      if (one === undefined) throw new Error(`no bad input is called "${id}"`);
      codes.push(...(await judgeCase(program, warm, one)).map(({ code }) => code));
    }
    return codes;
  } finally {
    await warm.close();
  }
}

async function judgeCase(program, warm, one) {
  try {
    return await judgeInput(program, warm, one);
  } catch (error) {
    return [{ code: 'BROKEN', what: error.stack }];
  }
}

/** Accidents to a good file: JSON.parse says what must become of each. */
function mutations(seed) {
  const good = Buffer.from(`${LINE}\n`.repeat(20));
  return Array.from({ length: MUTATIONS }, (_, index) => {
    const content = mutateBytes(good, seed * 104_729 + index);
    return {
      id: `mutation ${index + 1}`,
      files: { 'batch_002.jsonl': content },
      expect: expectationFor(content),
    };
  });
}

function expectationFor(content) {
  if (content.length === 0) return 'stopped';
  const lines = content
    .toString('latin1')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const isText = Buffer.from(content.toString('utf8')).equals(content);
  return isText && lines.length > 0 && lines.every(isRequest) ? 'taken' : 'fails';
}

function isRequest(line) {
  try {
    const value = JSON.parse(line);
    const request = isObject(value) && Object.hasOwn(value, 'request') ? value.request : value;
    if (!isObject(request)) return false;
    const { contents, content } = request;
    if (content !== undefined && !isContent(content)) return false;
    const turns = Array.isArray(contents) ? contents : [contents];
    return contents === undefined ? content !== undefined : turns.length > 0 && turns.every(isContent);
  } catch {
    return false;
  }
}

function isContent(content) {
  const parts = Array.isArray(content?.parts) ? content.parts : [content?.parts];
  return isObject(content) && parts.length > 0 && parts.every(isObject);
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reproduce(id, seed) {
  return `node test/faults/run.mjs --only bad-inputs --seed ${seed} --point "${id}"`;
}
