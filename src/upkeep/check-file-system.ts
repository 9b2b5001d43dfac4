import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '../state/disk-error.ts';
import { nearestExisting } from './nearest-folder.ts';
import { leftOut, ok, warning, type Check } from './check.ts';

/** Magic numbers of statfs(2) on Linux. */
const NETWORK: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB',
  0x01021997: '9p',
  0x5346414f: 'AFS',
  0x00c36400: 'Ceph',
  0x0bd00bd0: 'Lustre',
  0x65735546: 'FUSE, behind which may be a network',
  0x786f4256: 'a folder shared with a virtual machine',
};
const TMPFS = 0x01021994;
const WITHOUT_LINKS: Readonly<Record<number, string>> = { 0x4d44: 'FAT', 0x2011bab0: 'exFAT' };

/** Where the state is kept: the lock and the durable saves are promised for a local disk only. */
export async function checkFileSystem(statePath: string): Promise<Check> {
  if (process.platform !== 'linux') return leftOut('file_system', 'its kind can be told on Linux only');
  try {
    const { type } = await statfs(await nearestExisting(dirname(statePath)));
    // A kind with its highest bit set comes as a negative number on some systems.
    return judgeFileSystem(type < 0 ? type + 2 ** 32 : type);
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    return leftOut('file_system', `it does not tell its kind (${code})`);
  }
}

/** @param type magic number of statfs(2) */
export function judgeFileSystem(type: number): Check {
  const hint = 'keep the state on a local disk with `--state <file>`';
  const network = NETWORK[type];
  if (network !== undefined) {
    return warning(
      'file_system',
      `the state is on ${network}: two machines may not see each other's lock at once`,
      `${hint}, or let only one machine use it`,
    );
  }
  if (type === TMPFS) return warning('file_system', 'the state is in memory, and gone after a restart', hint);
  const old = WITHOUT_LINKS[type];
  if (old === undefined) return ok('file_system', 'a local disk');
  return warning(
    'file_system',
    `the state is on ${old}, which may lose the newest steps in a power cut`,
    hint,
  );
}
