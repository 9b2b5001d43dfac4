import { readFileSync } from 'node:fs';
import { openStateStore } from '../../dist/state/state-store.js';

// Takes batches from nothing to a job through the store of the program, with no service behind it.
const [path, before, measured] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const AT_ONCE = 8;
const at = new Date().toISOString();
const store = await openStateStore({ path, now: () => new Date(), newStateId: () => 'benchaaa' });

await Promise.all(Array.from({ length: before }, (_, index) => submitted(index + 1)));
const bytesBefore = bytesWritten();
const startedMs = performance.now();
const waiting = Array.from({ length: measured }, (_, index) => before + index + 1);
await Promise.all(Array.from({ length: AT_ONCE }, submitNext));
const ms = performance.now() - startedMs;
const bytes = bytesBefore === undefined ? undefined : bytesWritten() - bytesBefore;
const peakMb = (process.resourceUsage().maxRSS * 1024) / 1e6;
console.log(JSON.stringify({ ms, bytes, peakMb }));

async function submitNext() {
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
    const { input, file, job } = factsOf(batch);
    await store.apply(batch, { type: 'upload_started', input, fileName: file.name, at });
    await store.apply(batch, {
      type: 'upload_session',
      sessionUrl: `https://example.com/upload?upload_id=${'x'.repeat(104)}`,
    });
    await store.apply(batch, { type: 'uploaded', file });
    const intent = { displayName: job.displayName, model: job.model, sentAt: at, key: job.key };
    await store.apply(batch, { type: 'create_intended', intent });
    await store.apply(batch, { type: 'created', job });
  }
}

async function submitted(batch) {
  const { input, file, job } = factsOf(batch);
  await store.apply(batch, { type: 'taken_over', job, attempt: 1, input, file });
}

/** Records of the size that real ones have. */
function factsOf(batch) {
  const number = `${batch}`.padStart(5, '0');
  const sha256 = number.padEnd(64, '0');
  const name = `files/bs-benchaaa-${number}-1-0123456789ab`;
  return {
    input: {
      path: `batches/batch_${number}.jsonl`,
      sizeBytes: 350_000,
      sha256,
      lines: 100,
      estimatedTokens: 87_500,
    },
    file: {
      name,
      uri: `https://generativelanguage.googleapis.com/v1beta/${name}`,
      sizeBytes: 350_000,
      uploadedAt: at,
      expiresAt: at,
    },
    job: {
      name: `batches/${number.padEnd(36, 'a')}`,
      displayName: `refinement_batch_${number} [bs-benchaaa-${number}-1]`,
      model: 'gemini-2.5-flash',
      submittedAt: at,
      run: 'r-20261123-040000-abcd',
      key: '0123456789ab',
    },
  };
}

/** Bytes given to write(2) so far, by Linux's own count. */
function bytesWritten() {
  try {
    return Number(/^wchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'latin1'))?.[1]);
  } catch {
    return undefined;
  }
}
