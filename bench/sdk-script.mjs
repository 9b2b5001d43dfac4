import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GoogleGenAI } from '@google/genai';

// What a user would otherwise write: one file after the other, with the SDK.
const [baseUrl, directory] = process.argv.slice(2);
const client = new GoogleGenAI({ apiKey: 'bench', httpOptions: { baseUrl, apiVersion: 'v1beta' } });
for (const name of readdirSync(directory).sort()) {
  const file = await client.files.upload({ file: join(directory, name), config: { mimeType: 'jsonl' } });
  await client.batches.create({ model: 'gemini-2.5-flash', src: file.name, config: { displayName: name } });
}
