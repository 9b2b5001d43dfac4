import { createReadStream, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

// What a user would otherwise write: the texts and their sets in memory, a MinHash of 128 hashes, and bands in Maps.
const [, , path, output] = process.argv;
const [HASHES, ROWS, THRESHOLD] = [128, 8, 0.8];
const steps = Array.from({ length: HASHES }, (_, index) => Math.imul(index + 1, 0x9e3779b1) | 1);
const [exact, bands, sets, duplicates] = [new Map(), new Map(), [], []];
const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
for await (const line of lines) {
  const { id, value } = JSON.parse(line);
  const text = normalise(`${value.refined_question} ${value.refined_answer}`);
  const same = exact.get(text);
  if (same !== undefined) {
    duplicates.push({ id, into: same, by: 'exact', similarity: 1 });
    continue;
  }
  exact.set(text, id);
  const shingles = shinglesOf(text);
  const keys = bandKeys(shingles);
  const candidates = new Set(keys.flatMap((key) => bands.get(key) ?? []));
  const near = [...candidates].find((candidate) => jaccard(shingles, sets[candidate].shingles) >= THRESHOLD);
  if (near !== undefined) {
    duplicates.push({ id, into: sets[near].id, by: 'near' });
    continue;
  }
  sets.push({ id, shingles });
  for (const key of keys) {
    const others = bands.get(key);
    if (others === undefined) bands.set(key, [sets.length - 1]);
    else others.push(sets.length - 1);
  }
}
writeFileSync(output, duplicates.map((duplicate) => `${JSON.stringify(duplicate)}\n`).join(''));

function normalise(text) {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function shinglesOf(text) {
  const words = text.split(' ');
  return new Set(words.slice(1).map((word, at) => hashOf(`${words[at]} ${word}`)));
}

function bandKeys(shingles) {
  const least = new Uint32Array(HASHES).fill(0xffffffff);
  for (const shingle of shingles) {
    for (let index = 0; index < HASHES; index += 1) {
      let hash = Math.imul(shingle ^ steps[index], 0x85ebca6b);
      hash = (hash ^ (hash >>> 15)) >>> 0;
      if (hash < least[index]) least[index] = hash;
    }
  }
  return Array.from(
    { length: HASHES / ROWS },
    (_, band) => `${band}:${least.slice(band * ROWS, (band + 1) * ROWS).join()}`,
  );
}

function jaccard(one, other) {
  let common = 0;
  for (const item of one) if (other.has(item)) common += 1;
  return common / (one.size + other.size - common);
}

function hashOf(text) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
