import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

// What a user would otherwise write: fences off, JSON.parse, a look at the fields, one line a record.
const [, , results, records] = process.argv;
const file = createWriteStream(records);
const lines = createInterface({ input: createReadStream(results), crlfDelay: Number.POSITIVE_INFINITY });
for await (const line of lines) {
  const { key, response } = JSON.parse(line);
  const text = response?.candidates?.[0]?.content?.parts?.[0]?.text ?? '';
  const items = JSON.parse(text.replace(/^```(?:json)?\s*/, '').replace(/\s*```\s*$/, ''));
  let block = '';
  for (const [index, item] of items.entries()) {
    if (typeof item.refined_question !== 'string' || typeof item.refined_answer !== 'string') continue;
    block += `${JSON.stringify({ key, index, ...item })}\n`;
  }
  if (!file.write(block)) await once(file, 'drain');
}
file.end();
await once(file, 'finish');
