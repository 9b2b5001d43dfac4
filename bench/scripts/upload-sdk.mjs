import { GoogleGenAI } from '@google/genai';

const [baseUrl, path] = process.argv.slice(2);
const client = new GoogleGenAI({ apiKey: 'bench', httpOptions: { baseUrl, apiVersion: 'v1beta' } });
await client.files.upload({ file: path, config: { mimeType: 'text/plain' } });
