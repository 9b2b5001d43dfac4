import { randomFrom } from '../pool.mjs';
import { changed, ECHO, NASTY, set } from './answer-tools.mjs';

/** No value here is one that the service could have meant: a plausible lie is nobody's to see through. */
const VALUES = [
  null,
  true,
  7,
  -1,
  1.5,
  '',
  NASTY,
  ECHO,
  [],
  {},
  [[]],
  'x'.repeat(5000),
  '__proto__',
  '../../x',
  '\ud800',
];

/**
 * Honest answers with one to three values replaced.
 * @param {number} seed
 * @param {number} count
 * @returns {readonly import('./answer-tools.mjs').Answer[]}
 */
export function mutatedAnswers(seed, count) {
  return Array.from({ length: count }, (_, index) => ({
    ...changed(`mutation ${index + 1}`, (value) => mutate(value, randomFrom(seed * 7919 + index))),
    first: undefined,
    hasCopies: true,
  }));
}

function mutate(value, random) {
  let mutant = value;
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) {
    const paths = pathsOf(mutant);
    if (paths.length === 0) return mutant;
    mutant = set(mutant, pick(paths, random), pick(VALUES, random));
  }
  return mutant;
}

function pathsOf(value, path = []) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = path.concat(key);
    return [here].concat(pathsOf(inner, here));
  });
}

function pick(items, random) {
  return items[Math.floor(random() * items.length)];
}
