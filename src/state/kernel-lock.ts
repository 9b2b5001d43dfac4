import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { basename, dirname } from 'node:path';
import { errnoOf } from './disk-error.ts';

/** A name in the kernel that one process can hold; it is free the instant that process ends, however it ends. */
export interface KernelLock {
  release(): Promise<void>;
}

/**
 * Takes the name that belongs to `path`, which must be resolved: an abstract socket on Linux, a named
 * pipe on Windows. `unavailable` where the system has neither, or forbids it; a file must do then.
 * The lock does not keep the process alive.
 */
export async function takeKernelLock(path: string): Promise<KernelLock | 'held' | 'unavailable'> {
  const name = await kernelNameFor(path);
  if (name === undefined) return 'unavailable';
  const server = createServer((socket) => socket.destroy());
  try {
    await listen(server, name);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EADDRINUSE' || (code === 'EACCES' && process.platform === 'win32')) return 'held';
    if (code === undefined) throw error;
    return 'unavailable';
  }
  server.unref();
  return { release: () => close(server) };
}

/** By the folder's identity, so that every path to the same file gives the same name. */
async function kernelNameFor(path: string): Promise<string | undefined> {
  if (process.platform !== 'linux' && process.platform !== 'win32') return undefined;
  const { dev, ino } = await stat(dirname(path), { bigint: true });
  const hash = createHash('sha256')
    .update(`${dev}:${ino}:${basename(path)}`)
    .digest('hex');
  const name = `batch-submit-${hash.slice(0, 32)}`;
  return process.platform === 'linux' ? `\0${name}` : `\\\\.\\pipe\\${name}`;
}

function listen(server: Server, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Workers of a cluster would otherwise share the name, and each think that it has it.
    server.listen({ path: name, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
