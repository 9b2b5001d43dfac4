import { serviceUrl } from '../../gemini/base-url.ts';
import { MOST_HOPS, nextHop } from '../../gemini/redirect.ts';
import type { Probe } from '../probe.ts';
import { Unanswered } from '../question.ts';
import { hostOf } from '../recorder.ts';
import type { WireAnswer } from '../wire.ts';

export interface Downloaded {
  /** The last answer. */
  readonly answer: WireAnswer;
  /** Host of the first redirect. */
  readonly redirectedTo: string | undefined;
}

/** Results of a probe are a few hundred bytes. */
const MOST_BYTES = 64 * 1024;

/** Both are in use: the SDKs call the first, the guide documents the second. */
const PREFIXES = ['/v1beta', '/download/v1beta'];

/** Asks for a file of results at its first address, and at the second when the first is not known. */
export async function download(
  probe: Pick<Probe, 'wire' | 'baseUrl'>,
  label: string,
  fileName: string,
  headers: Readonly<Record<string, string>> = {},
  isForeign = false,
): Promise<Downloaded> {
  let last: Downloaded | undefined;
  for (const prefix of PREFIXES) {
    const url = serviceUrl(probe.baseUrl, `${prefix}/${fileName}:download?alt=media`);
    const next = await follow(probe, { label, url, headers, isForeign });
    last = { ...next, redirectedTo: last?.redirectedTo ?? next.redirectedTo };
    if (last.answer.status !== 404 && last.answer.status !== 400) break;
  }
  if (last === undefined) throw new Unanswered('there is no address to download from');
  return last;
}

interface Start {
  readonly label: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly isForeign: boolean;
}

/** Follows redirects where the tool would; the key stays at the base URL's origin. */
async function follow({ wire, baseUrl }: Pick<Probe, 'wire' | 'baseUrl'>, start: Start): Promise<Downloaded> {
  const { label, headers, isForeign } = start;
  let { url } = start;
  let redirectedTo: string | undefined;
  for (let hop = 0; ; hop += 1) {
    // What a redirect leads to is open to whoever knows its address.
    const hasSecretAddress = hop > 0;
    const request = { label, method: 'GET', to: url, headers, mostBytes: MOST_BYTES } as const;
    const answer = await wire({ ...request, isForeign, hasSecretAddress });
    const { location } = answer.headers;
    if (answer.status < 300 || answer.status >= 400 || location === undefined)
      return { answer, redirectedTo };
    redirectedTo ??= hostOf(location, url);
    const next = hop < MOST_HOPS ? nextHop(baseUrl, url, location) : undefined;
    if (next === undefined) return { answer, redirectedTo };
    url = next.url;
  }
}
