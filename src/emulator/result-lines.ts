import { type DamagedLine, damagedLine, kindsOf } from './damage-book.ts';
import { parseLine } from './input-scan.ts';
import { requestKey, resultOf } from './item-results.ts';
import type { Job } from './job.ts';
import type { JobPhase } from './job-lifecycle.ts';
import { finishedCount } from './job-stats.ts';
import type { JsonObject } from './json.ts';
import { isBlank, readLines } from './line-splitter.ts';
import type { Settings } from './options.ts';
import { createRandom, hashSeed, type Random } from './random.ts';
import { writtenLines } from './written-lines.ts';

const SHUFFLE_WINDOW_LINES = 1000;
const SHUFFLE_WINDOW_BYTES = 16 * 1024 * 1024;

/**
 * The lines of a job's result file, newlines included, made one at a time from its input file. What is
 * wrong with them is told to `onDamage`.
 */
export async function* resultLines(
  settings: Settings,
  job: Job,
  phase: JobPhase,
  path: string,
  onDamage: (line: DamagedLine) => void,
): AsyncGenerator<string> {
  const random = createRandom(hashSeed(job.seed, 'lines'));
  const lines = plainLines(settings, job, phase, path, random, onDamage);
  if (job.damage.shuffle !== true) yield* lines;
  else yield* shuffled(lines, random);
}

async function* plainLines(
  settings: Settings,
  job: Job,
  phase: JobPhase,
  path: string,
  random: Random,
  onDamage: (line: DamagedLine) => void,
): AsyncGenerator<string> {
  // A job that ends CANCELLED shows the finished part only; one that SUCCEEDED after a cancel shows errors for the rest.
  const shown = phase.state === 'cancelled' ? finishedCount(job, phase) : job.requestCount;
  let index = 0;
  for await (const line of readLines(path)) {
    if (isBlank(line)) continue;
    if (index >= shown) return;
    const item = parseLine(line) ?? {};
    const { outcome, other = outcome, fate } = resultOf(settings, job, phase, item, index);
    const echo = echoOf(item);
    const first = anyOrder({ ...echo, ...outcome }, random);
    yield* writtenLines(first, { ...echo, ...other }, fate.line);
    const kinds = kindsOf(fate);
    if (kinds.length > 0) onDamage(damagedLine(job, index, requestKey(item), kinds));
    if (fate.foreignFollows) {
      const key = `foreign-${random.id(8)}`;
      yield `${JSON.stringify(anyOrder({ ...outcome, key }, random))}\n`;
      onDamage(damagedLine(job, index, key, ['foreign']));
    }
    index += 1;
  }
}

/** Other members of the input line come back: scalars as they are, arrays emptied (observed). */
function echoOf(item: JsonObject): JsonObject {
  const isBareRequest = !('request' in item);
  const echoed = Object.entries(item).filter(
    ([name]) => name !== 'request' && (!isBareRequest || name === 'key'),
  );
  return Object.fromEntries(echoed.map(([name, value]) => [name, Array.isArray(value) ? [] : value]));
}

/** The order of members in a result line means nothing on the wire, so it is left to chance here. */
function anyOrder(object: JsonObject, random: Random): JsonObject {
  return Object.fromEntries(shuffle(Object.entries(object), random));
}

async function* shuffled(lines: AsyncIterable<string>, random: Random): AsyncGenerator<string> {
  let window: string[] = [];
  let held = 0;
  for await (const line of lines) {
    window.push(line);
    held += line.length;
    if (window.length >= SHUFFLE_WINDOW_LINES || held >= SHUFFLE_WINDOW_BYTES) {
      yield* shuffle(window, random);
      window = [];
      held = 0;
    }
  }
  yield* shuffle(window, random);
}

function shuffle<Item>(items: readonly Item[], random: Random): readonly Item[] {
  return items
    .map((item) => ({ item, rank: random.next() }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ item }) => item);
}
