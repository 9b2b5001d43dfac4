import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `batch_081.jsonl` and its like, two requests each, with content that no other batch has. */
export async function writeBatches(directory: string, batches: readonly number[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const batch of batches) {
    const name = `batch_${String(batch).padStart(3, '0')}.jsonl`;
    await writeFile(join(directory, name), batchText(batch), { mode: 0o600 });
  }
}

export function batchText(batch: number, lines = 2): string {
  return Array.from({ length: lines }, (_, index) => `${requestLine(`b${batch}-${index + 1}`)}\n`).join('');
}

function requestLine(key: string): string {
  return JSON.stringify({
    key,
    request: { contents: [{ role: 'user', parts: [{ text: `Refine ${key}` }] }] },
  });
}
