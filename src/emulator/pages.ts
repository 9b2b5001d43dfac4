import { errorReply } from './error-replies.ts';
import type { Reply } from './reply.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextPageToken: string | undefined;
}

export interface PageRequest {
  readonly query: URLSearchParams;
  readonly defaultSize: number;
  readonly maxSize: number;
  /** Refuse larger sizes instead of lowering them. */
  readonly refusesLarger?: boolean;
  /** Answer no items, only a token to come back with. */
  readonly empty: boolean;
}

/**
 * Cuts one page out of `items`. A token names the last item of the page before it, so items that
 * appear at the front while a client walks the list are neither repeated nor skipped.
 */
export function cutPage<Item extends { readonly id: string }>(
  items: readonly Item[],
  request: PageRequest,
): Page<Item> | Reply {
  const size = readPageSize(request);
  if (size === undefined) return errorReply(400, 'Invalid page_size.');
  const start = readStart(items, request.query.get('pageToken') ?? request.query.get('page_token') ?? '');
  if (start === undefined) return errorReply(400, 'Invalid page_token.');
  const end = request.empty ? start : start + size;
  const hasMore = request.empty || end < items.length;
  const nextPageToken = hasMore ? encodeToken(end, items[end - 1]?.id ?? '') : undefined;
  return { items: items.slice(start, end), nextPageToken };
}

function readPageSize({ query, defaultSize, maxSize, refusesLarger }: PageRequest): number | undefined {
  const text = query.get('pageSize') ?? query.get('page_size');
  if (text === null || text === '0') return Math.min(defaultSize, maxSize);
  if (!/^\d+$/u.test(text) || (refusesLarger === true && Number(text) > maxSize)) return undefined;
  // Larger sizes are lowered without a word (inferred: the usual rule for Google lists).
  return Math.min(Number(text), maxSize);
}

function readStart(items: readonly { readonly id: string }[], token: string): number | undefined {
  if (token === '') return 0;
  const parts = /^after (?<offset>\d+) (?<id>.*)$/u.exec(Buffer.from(token, 'base64url').toString())?.groups;
  if (parts === undefined) return undefined;
  const index = items.findIndex((item) => item.id === parts['id']);
  // An item deleted meanwhile cannot be found: its old place is the best guess left.
  return index === -1 ? Math.max(0, Number(parts['offset']) - 1) : index + 1;
}

function encodeToken(offset: number, lastId: string): string {
  return Buffer.from(`after ${offset} ${lastId}`).toString('base64url');
}
