import { stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { ROOT } from '../house/source-files.ts';
import type { Page } from './markdown.ts';

/** Links of a page that lead nowhere in the repository, each with its line. Addresses of the web are not followed. */
export async function brokenLinks(page: Page, pages: readonly Page[]): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const { line, text } of page.links) {
    if (/^[a-z]+:/.test(text)) continue;
    const [path = '', anchor] = text.split('#');
    const target = path === '' ? page.path : posix.normalize(posix.join(posix.dirname(page.path), path));
    const isThere =
      target === page.path ||
      (await stat(`${ROOT}${target}`).then(
        () => true,
        () => false,
      ));
    const anchors = target === page.path ? page.anchors : pages.find((one) => one.path === target)?.anchors;
    if (!isThere || (anchor !== undefined && anchors?.has(anchor) !== true))
      broken.push(`${page.path}:${line} ${text}`);
  }
  return broken;
}
