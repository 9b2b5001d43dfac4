import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { GoogleGenAI } from '@google/genai';

// The usual way to submit many batches, as people write it: save after each step, skip what is saved,
// run it again when it stops. It is here to be compared with.
const ai = new GoogleGenAI({
  apiKey: process.env.GEMINI_API_KEY,
  httpOptions: { baseUrl: process.env.BATCH_SUBMIT_BASE_URL },
});
const STATE = 'state.json';
const state = existsSync(STATE)
  ? JSON.parse(readFileSync(STATE, 'utf8'))
  : { uploaded_files: {}, submitted_jobs: {} };
const save = () => writeFileSync(STATE, JSON.stringify(state, undefined, 2));

for (const name of readdirSync('batches').sort()) {
  if (state.submitted_jobs[name] !== undefined) continue;
  if (state.uploaded_files[name] === undefined) {
    const file = await ai.files.upload({ file: `batches/${name}`, config: { mimeType: 'jsonl' } });
    state.uploaded_files[name] = file.name;
    save();
  }
  const job = await ai.batches.create({
    model: 'gemini-2.5-flash',
    src: state.uploaded_files[name],
    config: { displayName: `refinement_${name}` },
  });
  state.submitted_jobs[name] = job.name;
  save();
}
