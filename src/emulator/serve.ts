import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Backend } from './backend.ts';
import type { Call } from './call.ts';
import { control, CONTROL_PREFIX } from './control.ts';
import { errorReply, invalidKeyReply, missingKeyReply } from './error-replies.ts';
import type { ChosenFault, FaultBook } from './fault-book.ts';
import { type Delivery, deliver } from './fault-effects.ts';
import { HANDLERS } from './handlers.ts';
import type { RequestRecord } from './ledger.ts';
import type { Settings } from './options.ts';
import type { Reply } from './reply.ts';
import { createRequestBody, type RequestBody } from './request-body.ts';
import { findRoute } from './router.ts';
import { sendReply } from './send-reply.ts';

/** Answers one request: route, fault, key, handler, transport, record. */
export async function serve(
  backend: Backend,
  faults: FaultBook,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { settings, ledger } = backend;
  const origin = `http://${request.headers.host ?? '127.0.0.1'}`;
  const url = URL.canParse(request.url ?? '/', origin)
    ? new URL(request.url ?? '/', origin)
    : new URL(origin);
  const method = request.method ?? 'GET';
  const body = createRequestBody(request);
  const sending = (): { gzip: boolean; date: Date } => ({
    gzip: settings.gzip && /\bgzip\b/u.test(singleHeader(request, 'accept-encoding') ?? ''),
    date: new Date(settings.clock.now()),
  });
  if (url.pathname.startsWith(CONTROL_PREFIX)) {
    await sendReply(response, await control(backend, faults, method, url.pathname, body), sending());
    return;
  }

  const route = findRoute(method, url, singleHeader(request, 'x-goog-upload-command'));
  const fault = faults.choose(route.endpoint);
  const key = singleHeader(request, 'x-goog-api-key') ?? url.searchParams.get('key') ?? undefined;
  const now = settings.clock.now();
  const record = ledger.open(describe(backend, request, url, route.endpoint, key, fault), now);
  const call: Call = { method, url, headers: request.headers, origin, route, body, now, fault: fault?.rule };

  const delivery = await deliver({
    call,
    fault,
    storageBytes: settings.storageBytes,
    async handle() {
      const refusal = url.searchParams.has('upload_id') ? undefined : checkKey(settings, key);
      if (refusal === undefined)
        return await guarded(body, async () => await HANDLERS[route.endpoint](backend, call));
      await body.drain();
      return refusal;
    },
  });
  noteBody(record, body);
  if (settings.latencyMs > 0) await sleep(settings.latencyMs, undefined, { ref: false });
  await hand(response, delivery, record, sending());
}

function checkKey(settings: Settings, key: string | undefined): Reply | undefined {
  if (key === undefined || key === '') return missingKeyReply();
  const isGood = settings.apiKeys === undefined ? !key.startsWith('bad') : settings.apiKeys.includes(key);
  return isGood ? undefined : invalidKeyReply();
}

/** A request that breaks off while its body is read is a lost client, not a defect. */
async function guarded(
  body: RequestBody,
  handle: () => Promise<Reply | 'dropped'>,
): Promise<Reply | 'dropped'> {
  try {
    return await handle();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') return 'dropped';
    await body.drain();
    return errorReply(500, `The emulator failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function hand(
  response: ServerResponse,
  delivery: Delivery,
  record: RequestRecord,
  options: { gzip: boolean; date: Date },
): Promise<void> {
  if ('nothing' in delivery) {
    record.status = 'dropped';
    if (delivery.nothing === 'hang') await waitForClose(response, delivery.forMs);
    response.socket?.destroy();
    return;
  }
  record.status = delivery.reply.status;
  const isSent = await sendReply(response, delivery.reply, options, delivery.transport);
  if (!isSent) record.status = 'dropped';
}

async function waitForClose(response: ServerResponse, forMs: number | undefined): Promise<void> {
  const closed = new Promise((resolve) => response.once('close', resolve));
  await (forMs === undefined ? closed : Promise.race([closed, sleep(forMs, undefined, { ref: false })]));
}

function describe(
  backend: Backend,
  request: IncomingMessage,
  url: URL,
  endpoint: RequestRecord['endpoint'],
  key: string | undefined,
  fault: ChosenFault | undefined,
): Omit<RequestRecord, 'seq' | 'bodyBytes' | 'time'> {
  const shown = new URL(url);
  shown.searchParams.delete('key');
  const uploadCommand = singleHeader(request, 'x-goog-upload-command');
  return {
    method: request.method ?? 'GET',
    path: `${shown.pathname}${shown.search}`,
    endpoint,
    ...(uploadCommand === undefined ? {} : { uploadCommand }),
    keyPresent: key !== undefined && key !== '',
    ...(key === undefined || key === '' ? {} : { keyHash: backend.ledger.hashKey(key) }),
    ...(fault === undefined ? {} : { fault: fault.rule.kind, faultPhase: fault.phase }),
  };
}

function noteBody(record: RequestRecord, body: RequestBody): void {
  record.bodyBytes = body.bytes;
  const sha256 = body.sha256();
  if (sha256 !== undefined) record.bodySha256 = sha256;
}

function singleHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
