/** Deeper nesting than any real answer has; JSON.parse itself would exhaust the stack far beyond it. */
const DEEPEST_NESTING = 200;

export type JsonBody = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/** Parses an answer. Nothing that is not complete JSON of sane depth gets through. */
export function parseJsonBody(text: string): JsonBody {
  if (nestingOf(text) > DEEPEST_NESTING) return { ok: false };
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch {
    return { ok: false };
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return deepest;
}
