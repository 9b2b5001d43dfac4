import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript module below `src/`. */
export async function readSourceFiles(): Promise<readonly SourceFile[]> {
  const names = await readdir(`${ROOT}src`, { recursive: true });
  const modules = names.filter((name) => name.endsWith('.ts')).sort();
  return await Promise.all(
    modules.map(async (name) => ({
      path: `src/${name.replaceAll('\\', '/')}`,
      text: await readFile(`${ROOT}src/${name}`, 'utf8'),
    })),
  );
}
