import { createReader, openLeanStore, openRealStore, withOracle } from './store.mjs';
import { Interrupted } from './life.mjs';
import { current } from './seams/current-life.mjs';

/** The commands a life can be started with, as the command line puts them together. */
const COMMANDS = { submit: submitRemaining, run: submitAndWatch, retry: retryFailed, status: refresh };

/**
 * Starts one process on the state that the last one left, and lets it run to its end or its death.
 * @param {object} trial see trial.mjs
 * @param {import('./life.mjs').Life} life
 * @param {keyof typeof COMMANDS} command
 */
export async function runLife(trial, life, command) {
  const { world, disk, setup } = trial;
  Object.assign(current, { life, disk, inputFacts: setup.inputFacts });
  world.trace(() => `${life.name} begins: ${command}`);
  void work(trial, life, command).catch((error) => {
    if (!isExpected(error)) world.violate('bug', error instanceof Error ? error.stack : String(error));
    life.end();
  });
  if (!(await world.run(() => life.isOver))) {
    world.violate('stuck', `${command} waits for something that never comes`);
    life.die('for ever stuck');
  }
  if (life.isDead && life.isPowerCut) disk.powerCut();
  const error = life.stoppedBy;
  if (error === undefined) return;
  if (!isExpected(error)) world.violate('bug', error.stack);
  world.trace(() => `${life.name} stopped: ${error.message}`);
}

export { createReader };

async function work(trial, life, command) {
  const { world, setup, oracle, protocol, service, disk } = trial;
  const parts = { protocol, life, disk, setup, now: () => world.date() };
  const opened = await (trial.hasRealStore ? openRealStore(parts) : openLeanStore(parts));
  if (life.isDead) return;
  const { policy, random } = setup.options;
  const emit = (event) => {
    if (!life.isDead) oracle.onEvent(event);
    world.trace(() => `${life.name} says ${JSON.stringify(event)}`);
  };
  const context = {
    service: protocol.withRetries(service.portFor(life), {
      policy,
      clock: life.clock,
      random,
      onWait: () => undefined,
    }),
    store: withOracle(opened, oracle),
    emit,
    clock: life.clock,
    signal: life.signal,
    key: '0123456789ab',
  };
  await COMMANDS[command](trial, life, context);
  if (life.isDead) return;
  world.trace(() => `${life.name} ends`);
  life.end();
}

async function submitRemaining({ setup, oracle, protocol }, life, context) {
  const files = setup.batches.map((batch) => ({ batch, path: setup.pathOf(batch), sizeBytes: 100 }));
  const planned = protocol.planSubmit(files, context.store.current(), context.clock.now(), undefined);
  const refreshJobs = refreshInTurn(protocol, life);
  const options = { ...setup.options, onAmbiguous: life.onAmbiguous, refreshJobs };
  const outcome = await protocol.submit(context, planned, options);
  if (life.isDead) return;
  life.stoppedBy = outcome.stoppedBy;
  if (outcome.stoppedBy === undefined) oracle.onOutcome(outcome);
}

/** As `run` does it: the jobs are watched while later batches are still on their way. */
async function submitAndWatch(trial, life, context) {
  const over = new AbortController();
  const submitting = submitRemaining(trial, life, context).finally(() => over.abort('over'));
  const watching = async () => {
    while (!over.signal.aborted) {
      await refresh(trial, life, context);
      await context.clock.sleep(700, context.signal);
    }
  };
  const results = await Promise.allSettled([submitting, watching()]);
  for (const { reason } of results) if (reason !== undefined) throw reason;
}

async function refresh({ setup, protocol }, life, context) {
  await refreshInTurn(protocol, life)(context, setup.batches);
}

/** One after the other, as `run` does it: a job that two saw end would be told twice. */
function refreshInTurn({ refreshJobs }, life) {
  return async (...asked) => {
    const before = life.refreshing ?? Promise.resolve();
    const done = before.catch(() => undefined).then(() => refreshJobs(...asked));
    life.refreshing = done;
    return await done;
  };
}

async function retryFailed(trial, life, context) {
  const { setup, protocol } = trial;
  await refresh(trial, life, context);
  const chosen = setup.batches.filter((batch) => {
    const status = protocol.retryStatusOf(protocol.recordOf(context.store.current(), batch));
    return status !== undefined && status !== 'missing';
  });
  await protocol.requeue(context, chosen);
  await submitRemaining(trial, life, context);
}

/** Errors that end a run for a reason, such as a refused key, carry a code; bugs do not. */
function isExpected(error) {
  return error instanceof Interrupted || typeof error?.code === 'string';
}
