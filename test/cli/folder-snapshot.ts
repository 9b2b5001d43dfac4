import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Every file and folder below `folder` with its size and the moment of its last change. */
export async function folderSnapshot(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return await Promise.all(
    ['.', ...names.sort()].map(async (name) => {
      const { size, mtimeMs, ctimeMs } = await lstat(join(folder, name));
      return `${name} ${size} ${mtimeMs} ${ctimeMs}`;
    }),
  );
}
