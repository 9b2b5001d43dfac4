import type { Backend } from './backend.ts';
import type { Call } from './call.ts';
import { absentFileReply, fileNameTooLongReply } from './error-replies.ts';
import { fileBody } from './file-body.ts';
import type { StoredFile } from './file-store.ts';
import { compact, type JsonObject } from './json.ts';
import { cutPage } from './pages.ts';
import { jsonReply, type Reply } from './reply.ts';

/** Result files have ids of 42 characters, which is why this call cannot be used on them (observed). */
const LONGEST_ID = 40;

export async function getFile(backend: Backend, call: Call): Promise<Reply> {
  await call.body.drain();
  const file = findFile(backend, call, 'GetFileRequest');
  return 'status' in file ? file : jsonReply(describeFile(backend, call, file));
}

export async function listFiles(backend: Backend, call: Call): Promise<Reply> {
  await call.body.drain();
  const page = cutPage(backend.files.list(call.now), {
    query: call.url.searchParams,
    defaultSize: 10,
    maxSize: 100,
    empty: call.fault?.kind === 'empty_page',
  });
  if ('status' in page) return page;
  const files = page.items.map((file) => describeFile(backend, call, file));
  return jsonReply(
    compact({ files: files.length === 0 ? undefined : files, nextPageToken: page.nextPageToken }),
  );
}

export async function deleteFile(backend: Backend, call: Call): Promise<Reply> {
  await call.body.drain();
  const file = findFile(backend, call, 'DeleteFileRequest');
  if ('status' in file) return file;
  backend.files.remove(file, call.now);
  backend.jobs.loseInput(file, call.now);
  backend.ledger.deleted(`files/${file.id}`, call.now);
  return jsonReply({});
}

function describeFile({ settings }: Backend, { now, origin, route }: Call, file: StoredFile): JsonObject {
  return fileBody(file, { now, origin, version: route.version, sha256Form: settings.sha256Form });
}

function findFile({ files, settings }: Backend, call: Call, requestType: string): StoredFile | Reply {
  const { id } = call.route;
  if (id.length > LONGEST_ID) return fileNameTooLongReply(requestType);
  const file = files.find(id, call.now);
  if (file === undefined) return absentFileReply(id, settings.missingFileStatus);
  if (call.fault?.kind === 'file_expired') {
    files.expire(file, call.now);
    return absentFileReply(id, settings.missingFileStatus);
  }
  return file;
}
