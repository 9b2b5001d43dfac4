import type { Endpoint } from './fault-rule.ts';

/** Where a request goes. `id` is the resource id without its collection prefix. */
export interface Route {
  readonly endpoint: Endpoint;
  /** `v1` or `v1beta`, for texts and URLs in answers. */
  readonly version: string;
  readonly id: string;
  /** The custom verb after the colon, such as `batchGenerateContent`. */
  readonly verb: string;
}

const API_PATH = /^\/(?<prefix>upload\/|download\/)?(?<version>v1(?:beta|alpha)?)\/(?<rest>.+?)\/?$/u;

const RESOURCE = /^(?<collection>models|tunedModels|files|batches)(?:\/(?<id>[^/:]+))?(?::(?<verb>\w+))?$/u;

/** Maps method and path to an endpoint. `uploadCommand` is the X-Goog-Upload-Command header. */
export function findRoute(method: string, url: URL, uploadCommand: string | undefined): Route {
  const path = API_PATH.exec(url.pathname)?.groups;
  const version = path?.['version'] ?? 'v1beta';
  const unknown: Route = { endpoint: 'unknown', version, id: '', verb: '' };
  const resource = RESOURCE.exec(path?.['rest'] ?? '')?.groups;
  if (resource === undefined) return unknown;

  const id = decode(resource['id'] ?? '');
  const verb = resource['verb'] ?? '';
  const collection = resource['collection'] ?? '';
  const found = (endpoint: Endpoint): Route => ({ endpoint, version, id, verb });

  if (path?.['prefix'] === 'upload/') {
    if (collection !== 'files' || id !== '' || (method !== 'POST' && method !== 'PUT')) return unknown;
    return found(uploadEndpoint(url, uploadCommand));
  }
  if (collection === 'files' && verb === 'download' && method === 'GET') return found('download');
  if (path?.['prefix'] === 'download/') return unknown;

  const endpoint =
    RESOURCE_ENDPOINTS[`${method} ${collection}${id === '' ? '' : '/*'}${verb === '' ? '' : `:${verb}`}`];
  return endpoint === undefined ? unknown : found(endpoint);
}

const RESOURCE_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'GET files': 'files.list',
  'GET files/*': 'files.get',
  'DELETE files/*': 'files.delete',
  'GET models': 'models.list',
  'GET models/*': 'models.get',
  'POST models/*:generateContent': 'models.generate',
  'POST models/*:embedContent': 'models.embed',
  'POST models/*:batchEmbedContents': 'models.embed',
  'POST models/*:batchGenerateContent': 'batches.create',
  'POST models/*:asyncBatchEmbedContent': 'batches.create',
  'POST tunedModels/*:batchGenerateContent': 'batches.create',
  'POST tunedModels/*:asyncBatchEmbedContent': 'batches.create',
  'GET batches': 'batches.list',
  'GET batches/*': 'batches.get',
  'DELETE batches/*': 'batches.delete',
  'POST batches/*:cancel': 'batches.cancel',
  'PATCH batches/*:updateGenerateContentBatch': 'batches.update',
  'PATCH batches/*:updateEmbedContentBatch': 'batches.update',
};

function uploadEndpoint(url: URL, command: string | undefined): Endpoint {
  if (!url.searchParams.has('upload_id'))
    return command?.trim() === 'start' ? 'upload.start' : 'upload.bytes';
  switch (command?.trim() ?? '') {
    case 'query':
      return 'upload.query';
    case 'cancel':
      return 'upload.cancel';
    default:
      return 'upload.bytes';
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
