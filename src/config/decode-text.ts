import { isUtf8 } from 'node:buffer';

export type DecodedText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly fact: string };

/** The text of a file that a person wrote, without a byte-order mark. Windows PowerShell's `>` writes UTF-16. */
export function decodeText(bytes: Buffer): DecodedText {
  if (bytes.includes(0)) return { ok: false, fact: 'it holds a NUL byte; it must be UTF-8 text' };
  if (!isUtf8(bytes)) return { ok: false, fact: 'it is not UTF-8 text' };
  return { ok: true, text: bytes.toString('utf8').replace(/^\uFEFF/, '') };
}
