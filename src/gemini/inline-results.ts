import type { DownloadedResult, Result } from '../model/service.ts';
import { classifyMalformed } from './classify.ts';
import { failed, type GeminiContext } from './context.ts';
import { isRecord } from './json-body.ts';
import { createResultFile } from './result-file.ts';

/**
 * Writes the answers that travelled inside a job, one compact JSON line each, in the order sent:
 * `{"key": …, "response": …}`. There is no file at the service that these lines could be compared
 * with byte for byte; the values are as sent.
 */
export async function saveInlineResults(
  context: GeminiContext,
  job: unknown,
  toPath: string,
): Promise<Result<DownloadedResult>> {
  const entries = inlineEntries(job);
  if (entries === undefined) {
    return failed(context, {
      ...classifyMalformed('download', 200, 'the job holds no inline results'),
      kind: 'not_found',
    });
  }
  const file = await createResultFile(toPath);
  let kept = false;
  try {
    for (const entry of entries) await file.append(Buffer.from(`${JSON.stringify(lineOf(entry))}\n`));
    const result = await file.finish();
    kept = true;
    return { ok: true, value: result };
  } finally {
    if (!kept) await file.discard();
  }
}

function inlineEntries(job: unknown): readonly Readonly<Record<string, unknown>>[] | undefined {
  if (!isRecord(job)) return undefined;
  const metadata = isRecord(job['metadata']) ? job['metadata'] : {};
  for (const place of [job['response'], metadata['output']]) {
    if (!isRecord(place)) continue;
    for (const word of ['inlinedResponses', 'inlinedEmbedContentResponses']) {
      const outer = place[word];
      // The list is wrapped in an object of the same name.
      const list = isRecord(outer) ? outer['inlinedResponses'] : outer;
      if (Array.isArray(list) && list.every(isRecord)) return list;
    }
  }
  return undefined;
}

function lineOf(entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { metadata, ...answer } = entry;
  const key = isRecord(metadata) ? metadata['key'] : undefined;
  return key === undefined ? answer : { key, ...answer };
}
