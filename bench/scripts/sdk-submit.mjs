import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GoogleGenAI } from '@google/genai';

// What a user would otherwise write with the SDK: upload, create, the next file; or the same by so many workers.
const [baseUrl, directory, workers] = process.argv.slice(2);
const client = new GoogleGenAI({ apiKey: 'bench', httpOptions: { baseUrl, apiVersion: 'v1beta' } });
const names = readdirSync(directory).sort();
await Promise.all(Array.from({ length: Number(workers) }, submitNext));

async function submitNext() {
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const file = await client.files.upload({
      file: join(directory, name),
      config: { mimeType: 'text/plain' },
    });
    await client.batches.create({ model: 'gemini-2.5-flash', src: file.name, config: { displayName: name } });
  }
}
