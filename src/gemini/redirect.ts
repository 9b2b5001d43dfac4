import { isLoopback } from './base-url.ts';

export const MOST_HOPS = 3;

export interface Hop {
  readonly url: URL;
  /** The key goes to the configured origin and nowhere else. */
  readonly withKey: boolean;
}

/**
 * Decides whether a download may follow a redirect. Only https counts, and only to the configured
 * origin or to Google's storage hosts; a service on this machine may point to this machine.
 */
export function nextHop(base: URL, from: URL, location: string | undefined): Hop | undefined {
  if (location === undefined || !URL.canParse(location, from.href)) return undefined;
  const url = new URL(location, from);
  if (url.username !== '' || url.password !== '') return undefined;
  if (url.origin === base.origin) return { url, withKey: true };
  if (url.protocol === 'https:' && url.port === '' && isGoogleHost(url.hostname))
    return { url, withKey: false };
  const staysHere = isLoopback(base) && isLoopback(from) && isLoopback(url);
  return staysHere && url.protocol === 'http:' ? { url, withKey: false } : undefined;
}

function isGoogleHost(hostname: string): boolean {
  return /\.(?:googleapis|googleusercontent)\.com$/.test(hostname);
}
