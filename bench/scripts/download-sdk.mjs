import { GoogleGenAI } from '@google/genai';

const [baseUrl, downloadPath] = process.argv.slice(2);
const client = new GoogleGenAI({ apiKey: 'bench', httpOptions: { baseUrl, apiVersion: 'v1beta' } });
await client.files.download({ file: 'files/batch-bench', downloadPath });
