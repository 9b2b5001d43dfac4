import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GoogleGenAI } from '@google/genai';

// What people write against a quota: one file after the other, and a fixed pause after each 429.
const [baseUrl, directory, pauseMs] = process.argv.slice(2);
const client = new GoogleGenAI({ apiKey: 'bench', httpOptions: { baseUrl, apiVersion: 'v1beta' } });
for (const name of readdirSync(directory).sort()) {
  const file = await client.files.upload({
    file: join(directory, name),
    config: { mimeType: 'text/plain' },
  });
  const job = { model: 'gemini-2.5-flash', src: file.name, config: { displayName: name } };
  while (!(await isCreated(job))) await sleep(Number(pauseMs));
}

async function isCreated(job) {
  try {
    await client.batches.create(job);
    return true;
  } catch (error) {
    if (error?.status === 429) return false;
    throw error;
  }
}
