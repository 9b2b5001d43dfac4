import type { EmbedRequest, Result } from '../model/service.ts';
import { vectorFault } from '../model/vector.ts';
import { classify, classifyMalformed } from './classify.ts';
import { failed, type GeminiContext } from './context.ts';
import { sendTexts } from './embedding-calls.ts';
import { isRecord, parseJsonBody } from './json-body.ts';
import { isModelName } from './resource-name.ts';

/** Turns a few texts into vectors, with one synchronous call. */
export async function embedTexts(
  context: GeminiContext,
  request: EmbedRequest,
  signal: AbortSignal,
): Promise<Result<readonly Float32Array[]>> {
  const { model, texts, dimensions } = request;
  if (!isModelName(model)) {
    const message = `"${model}" is not the name of a model`;
    return failed(context, { kind: 'model_unknown', reason: 'BAD_NAME', message });
  }
  const outcome = await sendTexts(context, request, signal);
  if (outcome.kind !== 'answer' || outcome.status !== 200)
    return failed(context, classify('model', outcome, context.now()));
  const body = parseJsonBody(outcome.body);
  const found = body.ok && isRecord(body.value) ? body.value['embeddings'] : undefined;
  const lists = Array.isArray(found)
    ? found.map((one: unknown) => (isRecord(one) ? one['values'] : undefined))
    : [];
  if (lists.length !== texts.length) {
    const what = `the answer holds ${lists.length} embeddings for ${texts.length} texts`;
    return failed(context, classifyMalformed('model', outcome.status, what));
  }
  const vectors: Float32Array[] = [];
  for (const values of lists) {
    const fault = vectorFault(values, dimensions);
    if (fault !== undefined)
      return failed(context, classifyMalformed('model', outcome.status, `an embedding ${fault.fact}`));
    vectors.push(Float32Array.from(values as readonly number[])); // vectorFault found nothing else.
  }
  return { ok: true, value: vectors };
}
