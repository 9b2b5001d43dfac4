import type { GoogleGenAI } from '@google/genai/web';

/**
 * Loads the SDK at its first use, because importing it takes longer than everything else together, and
 * makes a client that takes nothing from the environment.
 *
 * It is the SDK's build for browsers. It makes the same requests, and the transport is ours anyway; it
 * loads in a third of the time, because none of Google's sign-in libraries stand behind it, and unlike
 * the build for Node it looks up no variables (one of those is a base URL to send the key to).
 */
export function createSdkLoader(apiKey: string, baseUrl: URL): () => Promise<GoogleGenAI> {
  let loading: Promise<GoogleGenAI> | undefined;
  return async () => {
    loading ??= import('@google/genai/web').then(
      (module) =>
        new module.GoogleGenAI({
          apiKey,
          vertexai: false,
          apiVersion: 'v1beta',
          httpOptions: { baseUrl: baseUrl.href, apiVersion: 'v1beta' },
        }),
    );
    return await loading;
  };
}
