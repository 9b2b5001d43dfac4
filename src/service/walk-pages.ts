import type { ServiceFailure } from '../model/failure.ts';
import type { Result } from '../model/service.ts';

/** A listing this long is not the listing of one project: something is wrong with the paging. */
const MOST_PAGES = 1000;

interface Page {
  readonly nextPageToken: string | undefined;
}

/**
 * Walks a listing, page by page, until it ends or `visit` has seen enough. A listing that repeats a page
 * token or never ends is unusable, because concluding from part of a list has cost people money.
 * @param what is listed: `jobs`
 * @param visit returns true when no further page is needed
 */
export async function walkPages<P extends Page>(
  what: string,
  ask: (pageToken: string | undefined) => Promise<Result<P>>,
  visit: (page: P) => boolean,
): Promise<Result<void>> {
  const seenTokens = new Set<string>();
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const listed = await ask(token);
    if (!listed.ok) return listed;
    const isEnough = visit(listed.value);
    token = listed.value.nextPageToken;
    if (isEnough || token === undefined) return { ok: true, value: undefined };
    if (seenTokens.has(token)) return unusable(`the listing of ${what} repeats a page`);
    seenTokens.add(token);
  }
  return unusable(`the listing of ${what} did not end after ${MOST_PAGES} pages`);
}

function unusable(message: string): { readonly ok: false; readonly failure: ServiceFailure } {
  return { ok: false, failure: { kind: 'unavailable', reason: 'LIST_UNUSABLE', message } };
}
