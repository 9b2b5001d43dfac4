/** `3, 12-14`: numbers folded as a person would write them. They must ascend. */
export function foldLines(lines: readonly number[]): string {
  const parts: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const first = lines[index] ?? 0;
    while (lines[index + 1] === (lines[index] ?? 0) + 1) index += 1;
    parts.push(first === lines[index] ? `${first}` : `${first}-${lines[index]}`);
  }
  return parts.join(', ');
}

/** The numbers of a folded text, ascending as they were. What is no number or range is left out. */
export function unfoldLines(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const match = /^\s*(\d{1,10})(?:-(\d{1,10}))?\s*$/.exec(part);
    if (match === null) return [];
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  });
}
