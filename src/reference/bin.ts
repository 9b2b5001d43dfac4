import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { referenceFiles } from './reference-files.ts';

/** `npm run docs`: writes the reference anew. A test compares what is there with what it would write. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }; // npm's own file
for (const [name, text] of referenceFiles(version)) {
  const path = join(root, 'docs', name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
