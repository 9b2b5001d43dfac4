import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

// What a user would otherwise write: the keys in a Map, and one look at each answer.
const [, , requests, results] = process.argv;
const answers = new Map();
for await (const line of linesOf(requests)) answers.set(JSON.parse(line).key, undefined);
for await (const line of linesOf(results)) {
  const { key, response } = JSON.parse(line);
  const text = response?.candidates?.[0]?.content?.parts?.[0]?.text;
  if (text !== undefined && JSON.parse(text) !== null) answers.set(key, text);
}
if ([...answers.values()].includes(undefined)) process.exitCode = 1;

function linesOf(path) {
  return createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
}
