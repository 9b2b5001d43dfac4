import { BatchSubmitError } from '../model/errors.ts';

/**
 * Reads the address of the service. It must be https, because every request carries the key; plain
 * http is accepted for this machine only.
 */
export function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw badBaseUrl(text, 'it is not a URL');
  if (url.username !== '' || url.password !== '') throw badBaseUrl(url.host, 'it holds a user name');
  if (url.search !== '' || url.hash !== '') throw badBaseUrl(url.host, 'it holds a query or a fragment');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    throw badBaseUrl(url.origin, 'the key is sent over https only');
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/** `path` begins with a slash; a path prefix of the base URL (a gateway's) is kept. */
export function serviceUrl(base: URL, path: string): URL {
  const prefix = base.pathname === '/' ? '' : base.pathname;
  return new URL(`${base.origin}${prefix}${path}`);
}

export function isLoopback(url: URL): boolean {
  return (
    url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(url.hostname)
  );
}

function badBaseUrl(shown: string, why: string): BatchSubmitError {
  return new BatchSubmitError('E_CONFIG', `Cannot use the base URL "${shown}": ${why}`, {
    hint: 'give an https URL such as `https://generativelanguage.googleapis.com`',
  });
}
