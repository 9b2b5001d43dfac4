/** The parts of a text that stand between its values: `${n} of ${m} jobs` has two. */
export type Phrase = readonly string[];

const REGEX_BEFORE = /(?:[(,=:[!&|?{};]|\breturn)\s*$/;

/** Every string and template in a module, those inside of templates too. Comments and regular expressions are left out. */
export function phrasesIn(source: string): readonly Phrase[] {
  const phrases: Phrase[] = [];
  scanCode(source, 0, phrases);
  return phrases;
}

/** @returns where the code ends: behind the `}` that closes it, or at the end of the text */
function scanCode(text: string, start: number, phrases: Phrase[]): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '/' && '/*'.includes(text[at + 1] ?? ' ')) {
      const end = text[at + 1] === '/' ? text.indexOf('\n', at) : text.indexOf('*/', at) + 1;
      at = end > at ? end : text.length;
    } else if (sign === '/' && REGEX_BEFORE.test(text.slice(Math.max(0, at - 20), at))) {
      at +=
        (/^\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[\n])+\//.exec(text.slice(at, at + 500))?.[0].length ?? 1) - 1;
    } else if (sign === '"' || sign === "'") {
      const [literal = sign] = /^(["'])(?:\\.|(?!\1)[^\\\n])*\1/.exec(text.slice(at)) ?? [];
      phrases.push([unescaped(literal.slice(1, -1))]);
      at += literal.length - 1;
    } else if (sign === '`') at = scanTemplate(text, at + 1, phrases);
    else if (sign === '{') depth += 1;
    else if (sign === '}') {
      if (depth === 0 && start > 0) return at;
      depth -= 1;
    }
  }
  return text.length;
}

/** @returns where the closing backtick stands */
function scanTemplate(text: string, start: number, phrases: Phrase[]): number {
  const parts = [''];
  let at = start;
  for (; at < text.length && text[at] !== '`'; at += 1) {
    if (text.startsWith('${', at)) {
      at = scanCode(text, at + 2, phrases);
      parts.push('');
    } else {
      const length = text[at] === '\\' ? 2 : 1;
      parts[parts.length - 1] += unescaped(text.slice(at, at + length));
      at += length - 1;
    }
  }
  phrases.push(parts);
  return at;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
}
