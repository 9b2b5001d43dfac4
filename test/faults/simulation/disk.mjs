/**
 * The disk under the state file, with the semantics of a real atomic write: the new bytes go to another
 * name and are synced, the rename makes them visible at once, and only the sync of the folder makes
 * the rename survive a power cut. A kill loses nothing that is visible.
 *
 * @param {import('./world.mjs').World} world
 * @param {{ syncsFolder: boolean }} options
 */
export function createDisk(world, { syncsFolder }) {
  /** Contents are whatever the store saves: text or an immutable state. */
  const disk = {
    /** What the next process reads after a kill. */
    visible: undefined,
    /** What it reads after the worst power cut. */
    durable: undefined,
    /** @type {((content: unknown) => void) | undefined} told of every content that a reader can see */
    onVisible: undefined,

    /**
     * @param {import('./life.mjs').Life} life
     * @returns {Promise<void>} resolves when a power cut can no longer undo it
     */
    save(life, content) {
      return new Promise((resolve, reject) => {
        if (life.isDead) return;
        const fate = life.fate();
        if (fate === 'before') return life.die('before the rename of a save');
        const fails = life.diskFaultRate > 0 && world.chance(life.diskFaultRate);
        // A failed sync of the folder leaves the new bytes in place, and nobody knows for how long.
        const isInPlace = !fails || world.chance(0.3);
        world.after(world.int(1, 4), () => {
          if (life.isDead) return;
          if (isInPlace) {
            disk.visible = content;
            disk.onVisible?.(content);
          }
          if (fate === 'sent') return life.die('between the rename and the sync of its folder');
          if (fails) {
            world.count('failed saves');
            world.hasRejected = true;
            return reject(new DiskFull());
          }
          world.after(world.int(1, 3), () => {
            if (life.isDead) return;
            // A sync covers whatever the folder says by then.
            if (syncsFolder) disk.durable = disk.visible;
            if (fate === 'answered') return life.die('after a save, before the next step');
            resolve();
          });
        });
      });
    },

    powerCut() {
      if (disk.visible === disk.durable) return;
      if (world.chance(0.5)) {
        disk.durable = disk.visible;
        return;
      }
      world.count('saves lost in a power cut');
      world.trace(() => 'disk    the power cut undid the last rename');
      disk.visible = disk.durable;
    },
  };
  return disk;
}

/** @typedef {ReturnType<typeof createDisk>} Disk */

/** Stands for the BatchSubmitError E_DISK of the real writer: the run stops, and it is no bug. */
class DiskFull extends Error {
  code = 'E_DISK';

  constructor() {
    super('Cannot save "state": ENOSPC');
  }
}
