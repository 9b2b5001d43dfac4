import type { Invocation } from '../cli/invocation.ts';
import { readSettings } from '../cli/settings.ts';
import { resolveApiKey } from '../config/api-key.ts';
import { createScrub } from '../config/scrub.ts';
import { Secret } from '../config/secret.ts';
import { parseBaseUrl } from '../gemini/base-url.ts';
import { createTransport, type Transport } from '../gemini/http-exchange.ts';
import { DEFAULT_DEADLINES } from '../gemini/options.ts';
import { createServiceClock } from '../gemini/service-clock.ts';
import { SECOND_KEY_VARIABLE } from './questions/l9-two-keys.ts';

/** How the service is reached. */
export interface Access {
  readonly baseUrl: URL;
  readonly model: string;
  readonly key: Secret;
  /** Follows "key from". */
  readonly keyOrigin: string;
  /** Another key than the first. */
  readonly secondKey: Secret | undefined;
  readonly transport: Transport;
  /** Removes both keys from whatever is shown or written. */
  readonly scrub: (text: string) => string;
  readonly warnings: readonly string[];
}

/**
 * Finds settings and key as the command line does. Sends nothing.
 * @throws {BatchSubmitError} as `resolveApiKey` and `readSettings` do
 */
export async function openAccess(invocation: Omit<Invocation, 'openPrinter'>): Promise<Access> {
  const { io } = invocation;
  const { settings, envFile } = await readSettings(invocation);
  const found = await resolveApiKey({
    environment: io.env,
    envFile: envFile.values,
    envFileName: envFile.name,
    apiKeyFile: settings.apiKeyFile,
    readStdin: () => readAll(io.stdin),
    verb: 'probe',
  });
  const second = io.env[SECOND_KEY_VARIABLE]?.trim() ?? '';
  // The same key twice proves nothing, and what no header can carry is no key.
  const isUsable = /^[\x21-\x7e]{1,4096}$/.test(second) && second !== found.key.reveal();
  const secondKey = isUsable ? new Secret(second) : undefined;
  return {
    baseUrl: parseBaseUrl(settings.baseUrl),
    model: settings.model.replace(/^models\//, ''),
    key: found.key,
    keyOrigin: found.origin,
    secondKey,
    transport: createTransport(DEFAULT_DEADLINES, undefined, createServiceClock()),
    scrub: createScrub([found.key, ...(second === '' ? [] : [second])]),
    warnings: [...envFile.warnings, ...found.warnings],
  };
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
