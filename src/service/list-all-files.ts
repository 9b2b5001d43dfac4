import type { BatchService, RemoteFile, Result } from '../model/service.ts';
import { walkPages } from './walk-pages.ts';

/** Every uploaded file of the project, each once: an upload during the walk may shift the pages. */
export async function listAllFiles(
  service: Pick<BatchService, 'listFiles'>,
  signal: AbortSignal,
): Promise<Result<readonly RemoteFile[]>> {
  const found = new Map<string, RemoteFile>();
  const walked = await walkPages(
    'files',
    (token) => service.listFiles(token, signal),
    ({ files }) => {
      for (const file of files) found.set(file.name, file);
      return false;
    },
  );
  return walked.ok ? { ok: true, value: [...found.values()] } : walked;
}
