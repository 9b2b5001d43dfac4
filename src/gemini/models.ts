import type { Result } from '../model/service.ts';
import { classify, classifyMalformed } from './classify.ts';
import { failed, type GeminiContext } from './context.ts';
import { parseJsonBody } from './json-body.ts';
import { isModelName } from './resource-name.ts';
import { callSdk } from './sdk-call.ts';

/**
 * Looks the model up, which costs nothing. Only an answer that plainly speaks of the model or the key
 * stops anyone: a gateway that does not know this address answers 404 too, and its jobs may work.
 */
export async function checkModel(
  context: GeminiContext,
  model: string,
  signal: AbortSignal,
): Promise<Result<void>> {
  if (!isModelName(model)) {
    const message = `"${model}" is not the name of a model`;
    return failed(context, { kind: 'model_unknown', reason: 'BAD_NAME', message });
  }
  const outcome = await callSdk(
    context,
    (sdk, httpOptions) => sdk.models.get({ model, config: { httpOptions } }),
    {
      signal,
    },
  );
  if (outcome.kind === 'answer' && outcome.status === 200) {
    if (parseJsonBody(outcome.body).ok) return { ok: true, value: undefined };
    return failed(context, classifyMalformed('model', outcome.status, 'the answer is not JSON'));
  }
  const failure = classify('model', outcome, context.now());
  if (failure.httpStatus === 404 && failure.kind !== 'model_unknown') return { ok: true, value: undefined };
  return failed(context, failure);
}
