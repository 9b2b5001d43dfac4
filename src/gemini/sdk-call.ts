import type { GoogleGenAI, HttpOptions } from '@google/genai/web';
import { agentHeaders, type GeminiContext } from './context.ts';
import { errorMessage } from './error-code.ts';
import { httpCall, type HttpOutcome } from './http-call.ts';

export type SdkMethod = (sdk: GoogleGenAI, httpOptions: HttpOptions) => Promise<unknown>;

export interface SdkCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** See `HttpRequest.fresh`. */
  readonly fresh?: boolean | undefined;
  readonly maxBodyBytes?: number | undefined;
}

/**
 * Lets the SDK build one request, sends it ourselves, and gives back the raw answer.
 *
 * The SDK drops what we need most (the job's error, counts and input file, the headers of an error),
 * follows redirects with the key, and waits for ever. So it is given a `fetch` of ours for this one
 * call, which keeps the answer for us and shows the SDK an empty object: nothing of a foreign answer
 * reaches the SDK's own parsing. The `fetch` works once; a second request in one call is refused.
 */
export async function callSdk(
  context: GeminiContext,
  method: SdkMethod,
  options: SdkCallOptions,
): Promise<HttpOutcome> {
  const sdk = await context.loadSdk();
  options.signal?.throwIfAborted();
  let outcome: HttpOutcome | undefined;
  let started = false;
  const fetchOnce: typeof fetch = async (input, init) => {
    if (started) throw new Error('the SDK tried to send a request twice');
    started = true;
    outcome = await send(context, new URL(input instanceof Request ? input.url : input), init ?? {}, options);
    return Response.json({});
  };
  let problem: unknown;
  try {
    await method(sdk, { fetch: fetchOnce });
  } catch (error) {
    problem = error;
  }
  if (outcome !== undefined) return outcome;
  options.signal?.throwIfAborted();
  // The SDK puts the values it dislikes into its messages, so not even these are passed on as they are.
  throw new Error(`the SDK sent no request: ${context.clean(errorMessage(problem))}`);
}

async function send(
  context: GeminiContext,
  url: URL,
  init: RequestInit,
  options: SdkCallOptions,
): Promise<HttpOutcome> {
  if (url.origin !== context.baseUrl.origin) throw new Error(`the SDK addressed ${url.origin}`);
  const method = init.method ?? 'GET';
  if (method !== 'GET' && method !== 'POST' && method !== 'DELETE') throw new Error(`the SDK used ${method}`);
  return await httpCall(
    context.transport,
    {
      method,
      url,
      headers: { ...Object.fromEntries(new Headers(init.headers)), ...agentHeaders(context) },
      body: typeof init.body === 'string' ? init.body : undefined,
      fresh: options.fresh,
      totalMs: context.transport.deadlines.callMs,
    },
    options.signal,
    options.maxBodyBytes,
  );
}
