import type { Backend } from './backend.ts';
import type { Call } from './call.ts';
import { vectorFor } from './embeddings.ts';
import { errorReply, malformedModelReply, payloadTooLargeReply, unknownModelReply } from './error-replies.ts';
import { arrayField, isJsonObject, type JsonObject, objectField, parseJsonObject } from './json.ts';
import { PAYLOAD_LIMIT_BYTES } from './limits.ts';
import { findModel } from './models.ts';
import { jsonReply, type Reply } from './reply.ts';

/** As documented. */
const MOST_REQUESTS = 100;

/** The interactive calls `embedContent` and `batchEmbedContents`, answered with the vectors a batch would give. */
export async function embed(backend: Backend, call: Call): Promise<Reply> {
  const text = await call.body.text(PAYLOAD_LIMIT_BYTES);
  if (text === undefined) return payloadTooLargeReply(PAYLOAD_LIMIT_BYTES);
  const model = findModel(backend.settings.models, call.route.id);
  if (model === 'malformed') return malformedModelReply('EmbedContentRequest');
  if (model === undefined || !model.takesEmbeddings)
    return unknownModelReply(call.route.version, call.route.id, 'embedContent');
  const body = parseJsonObject(text) ?? {};
  const answer = (request: JsonObject): JsonObject => ({ values: vectorFor(request, model.id) });
  if (call.route.verb === 'embedContent') {
    return hasContent(body)
      ? jsonReply({ embedding: answer(body) })
      : noContent('EmbedContentRequest.content');
  }
  const requests = (arrayField(body, 'requests') ?? []).filter(isJsonObject);
  if (requests.length === 0 || !requests.every(hasContent))
    return noContent('BatchEmbedContentsRequest.requests');
  if (requests.length > MOST_REQUESTS) {
    return errorReply(
      400,
      `* BatchEmbedContentsRequest.requests: at most ${MOST_REQUESTS} requests can be in one batch\n`,
    );
  }
  return jsonReply({ embeddings: requests.map(answer) });
}

function hasContent(request: JsonObject): boolean {
  return objectField(request, 'content') !== undefined;
}

function noContent(place: string): Reply {
  return errorReply(400, `* ${place}: contents is not specified\n`);
}
