/** A base URL fit to receive the key, or why it is not. `reason` never repeats the value, which may hold a secret. */
export type BaseUrlVerdict =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly reason: string };

/** Takes https, or http on this machine, with neither credentials nor a query; gives it without a slash at its end. */
export function readBaseUrl(text: string): BaseUrlVerdict {
  if (!URL.canParse(text)) return { ok: false, reason: 'it is not a URL such as https://example.com' };
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return { ok: false, reason: 'it holds a user name or a password' };
  }
  // An empty query or fragment leaves no trace in the parsed URL.
  if (/[?#]/.test(text)) return { ok: false, reason: 'it holds a query or a fragment' };
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    return {
      ok: false,
      reason: 'it is neither https nor http on this machine (127.0.0.1, [::1], localhost)',
    };
  }
  return { ok: true, url: `${url.origin}${url.pathname.replace(/\/$/, '')}` };
}

/** The URL parser has already written every spelling of an IPv4 address as four decimal numbers. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
