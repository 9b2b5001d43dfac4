import type { CreateRequest, EmbedRequest } from '../model/service.ts';
import { serviceUrl } from './base-url.ts';
import { type GeminiContext, keyHeaders } from './context.ts';
import { httpCall, type HttpOutcome } from './http-call.ts';

/**
 * Sends the create of a job for embeddings, as the SDK would write it. The SDK's own method prints a warning to the
 * console at each call, which is no place of ours.
 */
export async function sendEmbeddingJob(
  context: GeminiContext,
  { model, fileName, displayName }: CreateRequest,
): Promise<HttpOutcome> {
  const body = { batch: { inputConfig: { fileName }, displayName } };
  // A connection of its own, as every create has it.
  return await post(context, `${pathOf(model)}:asyncBatchEmbedContent`, body, { fresh: true });
}

/** Asks for vectors at once. */
export async function sendTexts(
  context: GeminiContext,
  { model, texts, taskType, dimensions }: EmbedRequest,
  signal: AbortSignal,
): Promise<HttpOutcome> {
  const requests = texts.map((text) => ({
    model: pathOf(model),
    content: { parts: [{ text }] },
    ...(taskType === undefined ? {} : { taskType }),
    outputDimensionality: dimensions,
  }));
  return await post(context, `${pathOf(model)}:batchEmbedContents`, { requests }, { signal });
}

function pathOf(model: string): string {
  return model.includes('/') ? model : `models/${model}`;
}

interface PostOptions {
  readonly fresh?: boolean;
  readonly signal?: AbortSignal;
}

async function post(
  context: GeminiContext,
  path: string,
  body: object,
  { fresh, signal }: PostOptions,
): Promise<HttpOutcome> {
  return await httpCall(
    context.transport,
    {
      method: 'POST',
      url: serviceUrl(context.baseUrl, `/v1beta/${path}`),
      headers: { ...keyHeaders(context), 'content-type': 'application/json' },
      body: JSON.stringify(body),
      fresh,
      totalMs: context.transport.deadlines.callMs,
    },
    signal,
  );
}
