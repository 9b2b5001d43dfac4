import type { Backend } from './backend.ts';
import type { Call } from './call.ts';
import { errorReply, malformedModelReply, payloadTooLargeReply, unknownModelReply } from './error-replies.ts';
import { readRequest } from './input-scan.ts';
import { compact, type JsonObject, parseJsonObject } from './json.ts';
import { PAYLOAD_LIMIT_BYTES } from './limits.ts';
import { cutPage } from './pages.ts';
import { jsonReply, type Reply } from './reply.ts';
import { respond } from './responses.ts';

export interface KnownModel {
  readonly id: string;
  /** Embedding models take `asyncBatchEmbedContent` only, all others `batchGenerateContent` only. */
  readonly takesEmbeddings: boolean;
}

/** `malformed`: not a model name at all, which is another error than an unknown model. */
export function findModel(models: readonly string[], id: string): KnownModel | 'malformed' | undefined {
  if (!/^[A-Za-z0-9._-]+$/u.test(id)) return 'malformed';
  return models.includes(id) ? { id, takesEmbeddings: id.includes('embedding') } : undefined;
}

export async function getModel(backend: Backend, call: Call): Promise<Reply> {
  await call.body.drain();
  const model = findModel(backend.settings.models, call.route.id);
  if (model === 'malformed') return malformedModelReply('GetModelRequest');
  if (model === undefined) return unknownModelReply(call.route.version, call.route.id, 'generateContent');
  return jsonReply(modelBody(model));
}

export async function listModels(backend: Backend, call: Call): Promise<Reply> {
  await call.body.drain();
  const known = backend.settings.models.map((id) => ({ id, takesEmbeddings: id.includes('embedding') }));
  const page = cutPage(known, { query: call.url.searchParams, defaultSize: 50, maxSize: 1000, empty: false });
  if ('status' in page) return page;
  return jsonReply(compact({ models: page.items.map(modelBody), nextPageToken: page.nextPageToken }));
}

/** The interactive call, answered with the same text a batch would give. */
export async function generateContent(backend: Backend, call: Call): Promise<Reply> {
  const text = await call.body.text(PAYLOAD_LIMIT_BYTES);
  if (text === undefined) return payloadTooLargeReply(PAYLOAD_LIMIT_BYTES);
  const model = findModel(backend.settings.models, call.route.id);
  if (model === 'malformed') return malformedModelReply('GenerateContentRequest');
  if (model === undefined || model.takesEmbeddings) {
    return unknownModelReply(call.route.version, call.route.id, 'generateContent');
  }
  const request = readRequest(parseJsonObject(text) ?? {});
  if (request === undefined)
    return errorReply(400, '* GenerateContentRequest.contents: contents is not specified\n');
  return jsonReply(
    respond(backend.settings, request, { key: undefined, index: 0, model: model.id, kind: 'generate' }),
  );
}

/** Limits and methods are plausible, not those of the real model. */
function modelBody({ id, takesEmbeddings }: KnownModel): JsonObject {
  const common = {
    name: `models/${id}`,
    version: '001',
    displayName: titleOf(id),
    description: `Emulated ${titleOf(id)}.`,
  };
  if (takesEmbeddings) {
    return {
      ...common,
      inputTokenLimit: 2048,
      outputTokenLimit: 1,
      supportedGenerationMethods: [
        'embedContent',
        'countTextTokens',
        'countTokens',
        'asyncBatchEmbedContent',
      ],
    };
  }
  return {
    ...common,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: [
      'generateContent',
      'countTokens',
      'createCachedContent',
      'batchGenerateContent',
    ],
    temperature: 1,
    topP: 0.95,
    topK: 64,
    maxTemperature: 2,
    thinking: true,
  };
}

function titleOf(id: string): string {
  return id
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
