import { loadProtocol } from './protocol.mjs';
import { runTrial } from './trial.mjs';

/**
 * Prints one history, line by line.
 * @returns {Promise<boolean>} true when nothing was broken
 */
export async function traceOne(seed, root, flags) {
  const unheard = [];
  const onUnheard = (reason) => {
    unheard.push(reason);
    console.log(`          !! unheard rejection: ${reason?.message ?? reason}`);
  };
  process.on('unhandledRejection', onUnheard);
  process.on('rejectionHandled', () => undefined);
  const { violations } = await runTrial(seed, await loadProtocol(root), flags, console.log);
  process.off('unhandledRejection', onUnheard);
  const broken = violations.length + unheard.length;
  console.log(`\nseed ${seed}: ${broken === 0 ? 'every promise was kept' : `${broken} promises broken`}`);
  return broken === 0;
}
