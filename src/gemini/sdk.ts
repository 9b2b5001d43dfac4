import type { GoogleGenAI } from '@google/genai';

/**
 * Loads the SDK at its first use, because importing it takes longer than everything else together, and
 * makes a client that takes nothing from the environment.
 */
export function createSdkLoader(apiKey: string, baseUrl: URL): () => Promise<GoogleGenAI> {
  let loading: Promise<GoogleGenAI> | undefined;
  return async () => {
    loading ??= import('@google/genai').then((module) =>
      withoutEnvironment(
        () =>
          new module.GoogleGenAI({
            apiKey,
            vertexai: false,
            apiVersion: 'v1beta',
            httpOptions: { baseUrl: baseUrl.href, apiVersion: 'v1beta' },
          }),
      ),
    );
    return await loading;
  };
}

/**
 * The SDK's constructor looks up a dozen variables, among them a base URL to send the key to, and warns
 * on the console when two keys are set. All of it is given explicitly above, so for that moment,
 * which nothing else can interrupt, it sees none.
 */
function withoutEnvironment<T>(make: () => T): T {
  const { env } = process;
  process.env = {};
  try {
    return make();
  } finally {
    process.env = env;
  }
}
