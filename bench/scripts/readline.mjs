import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

// What a user would otherwise write to look through a file of requests.
let lines = 0;
for await (const line of createInterface({
  input: createReadStream(process.argv[2]),
  crlfDelay: Number.POSITIVE_INFINITY,
})) {
  if (line !== '' && typeof JSON.parse(line) === 'object') lines += 1;
}
if (lines === 0) process.exitCode = 1;
