import type { JsonObject } from './json.ts';

/** What a handler answers. The transport (and any fault in it) is decided elsewhere. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | FileSlice;
  /** Sent in chunks, without a Content-Length. */
  readonly hidesLength?: boolean;
  /**
   * Called before each part of the body goes out with the bytes up to its end and whether that is all,
   * and once more with `false` when the client turns out not to have received them.
   */
  readonly onSent?: (bytes: number, complete: boolean) => void;
}

/** A part of a file on disk: `start` inclusive, `end` exclusive, in bytes. */
export interface FileSlice {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

const ALT_SVC = 'h3=":443"; ma=2592000,h3-29=":443"; ma=2592000';

/** Headers of ordinary JSON answers, by name as in the recorded traffic of 2026-05-29. */
export function apiHeaders(durationMs: number = 1): Record<string, string> {
  return {
    'Content-Type': 'application/json; charset=UTF-8',
    Vary: 'Origin, X-Origin, Referer',
    Server: 'scaffolding on HTTPServer2',
    'X-Xss-Protection': '0',
    'X-Frame-Options': 'SAMEORIGIN',
    'X-Content-Type-Options': 'nosniff',
    'Server-Timing': `gfet4t7; dur=${Math.max(1, Math.round(durationMs))}`,
    'Alt-Svc': ALT_SVC,
  };
}

/** Headers common to all answers of the upload front end (observed: another server, fewer headers). */
export function uploadHeaders(uploadId: string, status: string): Record<string, string> {
  return {
    'X-GUploader-UploadID': uploadId,
    'X-Goog-Upload-Status': status,
    Server: 'UploadServer',
    'Alt-Svc': ALT_SVC,
  };
}

export function jsonReply(body: JsonObject, status: number = 200): Reply {
  return { status, headers: apiHeaders(), body: prettyJson(body) };
}

export function textReply(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body };
}

export function htmlReply(status: number, title: string): Reply {
  const body = `<!DOCTYPE html>\n<html lang=en>\n<title>${title}</title>\n<p><b>${status}.</b> ${title}.\n`;
  return { status, headers: { 'Content-Type': 'text/html; charset=UTF-8', Server: 'ESF' }, body };
}

/** Two spaces and a final newline, as recorded. */
export function prettyJson(body: JsonObject): string {
  return `${JSON.stringify(body, null, 2)}\n`;
}
