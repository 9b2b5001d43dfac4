import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { join } from 'node:path';
import { ROOT } from '../house/source-files.ts';

const run = promisify(execFile);

interface PackedFile {
  readonly path: string;
  readonly mode: number;
}

/** What `npm pack` made, or would make. */
export interface Tarball {
  readonly path: string;
  readonly sizeBytes: number;
  readonly files: readonly PackedFile[];
}

/** Packs the built package. */
export async function packInto(folder: string): Promise<Tarball> {
  const isWindows = process.platform === 'win32';
  const { stdout } = await run(
    isWindows ? 'npm.cmd' : 'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    { cwd: ROOT, shell: isWindows, maxBuffer: 16 * 1024 * 1024 },
  );
  // npm's own report, of which these members are documented.
  const [{ filename, size, files }] = JSON.parse(stdout) as [
    { filename: string; size: number; files: readonly PackedFile[] },
  ];
  return { path: join(folder, filename), sizeBytes: size, files };
}
