const LIFETIME_MS = 48 * 3_600_000;

/**
 * The uploaded files and the upload sessions of the service.
 * @param {import('./world.mjs').World} world
 */
export function createRemoteFiles(world) {
  const files = new Map();
  const sessions = new Set();
  let sessionCount = 0;
  const find = (name) => {
    const file = files.get(name);
    return file !== undefined && file.expiresMs > world.nowMs ? file : undefined;
  };
  return {
    find,
    /** Which batch a name was uploaded for, also when the file is gone. */
    batchOf: (name) => files.get(name)?.batch,
    delete(name) {
      const file = files.get(name);
      if (file !== undefined) file.expiresMs = world.nowMs;
    },
    openSession() {
      sessionCount += 1;
      const url = `https://service.invalid/upload/${sessionCount}`;
      sessions.add(url);
      return url;
    },
    isOpen: (url) => sessions.has(url),
    closeSession: (url) => void sessions.delete(url),
    /** @returns the file of that name, or undefined when other bytes have taken it */
    finish(url, { fileName, input }, batch) {
      sessions.delete(url);
      const existing = find(fileName);
      if (existing !== undefined) return existing.sha256 === input.sha256 ? existing : undefined;
      const file = {
        name: fileName,
        batch,
        sha256: input.sha256,
        sizeBytes: input.sizeBytes,
        uploadedMs: world.nowMs,
        expiresMs: world.nowMs + LIFETIME_MS,
      };
      files.set(fileName, file);
      return file;
    },
    describe: (file) => ({
      name: file.name,
      uri: `https://service.invalid/v1beta/${file.name}`,
      sizeBytes: file.sizeBytes,
      sha256: world.chance(0.2) ? undefined : file.sha256,
      uploadedAt: world.isoAt(file.uploadedMs),
      expiresAt: world.isoAt(file.expiresMs),
      active: true,
    }),
  };
}
