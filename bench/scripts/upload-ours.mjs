import { createGeminiService } from '../../dist/gemini/gemini-service.js';
import { keepHeapSmall } from '../../dist/cli/small-heap.js';

keepHeapSmall();
const [baseUrl, input, fileName] = process.argv.slice(2);
const request = {
  input: JSON.parse(input),
  fileName,
  displayName: 'bench',
  sessionUrl: undefined,
  onSession: async () => undefined,
};
const uploaded = await createGeminiService({ apiKey: 'bench', baseUrl }).uploadFile(
  request,
  new AbortController().signal,
);
if (!uploaded.ok) throw new Error(uploaded.failure.message);
