import { z } from 'zod';
import { BatchSubmitError } from '../../model/errors.ts';

const json = z.record(z.string(), z.unknown());

/** `{ key, request }`, or the request alone. */
export const inlineRequests: z.ZodType<readonly Readonly<Record<string, unknown>>[]> = z.array(json);

export interface GenerationConfig {
  readonly temperature?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
}

export const generationConfig: z.ZodType<GenerationConfig> = z.strictObject({
  temperature: z.number().optional(),
  maxOutputTokens: z.number().optional(),
});

/**
 * The requests as lines of a file. The same requests give the same bytes, so sending them again is the same batch.
 * @param config holds for requests that do not say otherwise
 * @throws {BatchSubmitError} `E_INPUT`
 */
export function linesOf(
  requests: readonly Readonly<Record<string, unknown>>[],
  config: GenerationConfig = {},
): Buffer {
  if (requests.length === 0) throw unusable('there is none', 'give at least one as {"key": …, "request": …}');
  const lines = requests.map((given, index) => {
    const { key = `request-${index + 1}`, request = withoutKey(given) } = given;
    if (typeof request !== 'object' || request === null || !('contents' in request)) {
      throw unusable(
        `number ${index + 1} has no "contents"`,
        'write each as {"key": …, "request": {"contents": […]}}',
      );
    }
    const own = 'generationConfig' in request ? request.generationConfig : {};
    const merged = { ...config, ...(typeof own === 'object' ? own : {}) };
    const generation = Object.keys(merged).length === 0 ? {} : { generationConfig: merged };
    return `${JSON.stringify({ key, request: { ...request, ...generation } })}\n`;
  });
  return Buffer.from(lines.join(''));
}

function withoutKey({ key: _key, ...request }: Readonly<Record<string, unknown>>): object {
  return request;
}

function unusable(fact: string, hint: string): BatchSubmitError {
  return new BatchSubmitError('E_INPUT', `Cannot use the requests: ${fact}`, { hint });
}
