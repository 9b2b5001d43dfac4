/** Elements that have no end tag. */
const VOID = new Set(['meta', 'br', 'rect', 'path', 'line']);

/** The first place where the tags of a page do not match, or `undefined`. Style sheets and comments hold none. */
export function findTagFault(page: string): string | undefined {
  const body = page.replace(/^<!doctype html>/, '').replaceAll(/<style>[^<]*<\/style>/g, '');
  const open: string[] = [];
  const tag = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z][a-zA-Z0-9-]*(?:="[^"<>]*")?)*)\s*(\/?)>/g;
  let rest = 0;
  for (const match of body.matchAll(tag)) {
    const text = body.slice(rest, match.index);
    if (/[<>]/.test(text)) return `a bare angle in: ${text}`;
    rest = match.index + match[0].length;
    const [, slash, name = '', , selfClosing] = match;
    if (VOID.has(name) || selfClosing === '/') continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) return `</${name}> does not close what is open`;
  }
  const tail = body.slice(rest);
  if (/[<>]/.test(tail)) return `a bare angle in: ${tail}`;
  return open.length === 0 ? undefined : `${open.join(', ')} not closed`;
}
