import { readFile, writeFile } from 'node:fs/promises';

const PAGE = new URL('../docs/performance.md', import.meta.url);
const [BEGIN, END] = [
  '<!-- table: written by `npm run bench -- --write-docs` -->',
  '<!-- end of the table -->',
];

/**
 * Puts the table of this run between the marks of `docs/performance.md`.
 * @throws {Error} when the page has no marks
 */
export async function writeDocs({ takenAt, node, machine, loadBefore, seconds }, table) {
  const page = await readFile(PAGE, 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin)
    throw new Error(`Cannot write the table: ${PAGE.pathname} has no marks for it`);
  const head = `Taken on ${takenAt}: Node ${node} on ${machine}, in ${seconds} s, load before ${loadBefore}.`;
  const text = `${page.slice(0, begin)}${BEGIN}\n\n${head}\n\n${table}\n\n${page.slice(end)}`;
  await writeFile(PAGE, text);
}
