import type { GoogleGenAI } from '@google/genai/web';
import type { ServiceFailure } from '../model/failure.ts';
import type { Transport } from './http-exchange.ts';

/** What every call of one service needs. */
export interface GeminiContext {
  readonly apiKey: string;
  readonly baseUrl: URL;
  readonly userAgent: string | undefined;
  readonly transport: Transport;
  readonly loadSdk: () => Promise<GoogleGenAI>;
  /** Removes secrets and control characters from foreign text. */
  readonly clean: (text: string) => string;
  readonly now: () => number;
}

export interface Failed {
  readonly ok: false;
  readonly failure: ServiceFailure;
}

/** The only way a failure leaves this room: its foreign text is scrubbed here. */
export function failed(context: GeminiContext, failure: ServiceFailure): Failed {
  return {
    ok: false,
    failure: { ...failure, reason: context.clean(failure.reason), message: context.clean(failure.message) },
  };
}

/** For requests that do not go through the SDK. */
export function keyHeaders(context: GeminiContext): Readonly<Record<string, string>> {
  return { 'x-goog-api-key': context.apiKey, ...agentHeaders(context) };
}

export function agentHeaders(context: GeminiContext): Readonly<Record<string, string>> {
  return context.userAgent === undefined ? {} : { 'user-agent': context.userAgent };
}
