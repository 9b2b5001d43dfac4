import type { FilePage } from '../model/service.ts';
import { isRecord } from './json-body.ts';
import { readFile } from './wire-file.ts';

/**
 * Reads one page of `files`; undefined when it is none. An empty object is an empty page. Entries that are
 * no files we know are left out: nothing is concluded from what a page of files does not show.
 */
export function readFilePage(value: unknown): FilePage | undefined {
  if (!isRecord(value)) return undefined;
  const { files, nextPageToken } = value;
  if (files !== undefined && !Array.isArray(files)) return undefined;
  if (files === undefined && nextPageToken === undefined && Object.keys(value).length > 0) return undefined;
  if (nextPageToken !== undefined && typeof nextPageToken !== 'string') return undefined;
  return {
    files: (files ?? []).flatMap((entry) => readFile(entry)?.file ?? []),
    // The wire may say "no further page" with an empty token.
    nextPageToken: nextPageToken === '' ? undefined : nextPageToken,
  };
}
