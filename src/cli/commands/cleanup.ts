import { keyFingerprint } from '../../config/key-fingerprint.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { serviceTime } from '../../model/run-context.ts';
import type { Result } from '../../model/service.ts';
import { settleMsFor } from '../../model/settle.ts';
import { stopFor } from '../../model/stop.ts';
import { parseDuration } from '../../model/units.ts';
import { listAllFiles } from '../../service/list-all-files.ts';
import { findJobs } from '../../service/walk-jobs.ts';
import { cleanUp } from '../../upkeep/clean-up.ts';
import { planCleanup, type CleanupPlan, type CleanupWish, type Remains } from '../../upkeep/plan-cleanup.ts';
import { verifyPlan } from '../../upkeep/verify-plan.ts';
import type { CommandHandler } from '../command-spec.ts';
import { confirm } from '../confirm.ts';
import { withDesk, type Desk } from '../desk.ts';
import { EXIT } from '../exit-codes.ts';
import { hasFlag, textFlag, type Invocation } from '../invocation.ts';
import { inSession } from '../session.ts';
import { cleanedDocument, nothingToDelete, planDocument, sumOf } from './cleanup-view.ts';

/** `batch-submit cleanup`: deletes this state's uploaded files and jobs that nothing needs any more, after asking. */
export const cleanupCommand: CommandHandler = (invocation) => withDesk(invocation, tidy);

async function tidy(desk: Desk): Promise<number> {
  const { invocation, printer, settings } = desk;
  const isDry = hasFlag(invocation, 'dry-run');
  const olderThanMs = olderThanOf(invocation);
  const loaded = await desk.loadState();
  if (loaded === undefined) {
    printer.result({ ...planDocument(NO_PLAN, isDry), lines: [] });
    printer.note(`Nothing to clean up: there is no state file "${settings.settings.state}"`);
    return EXIT.ok;
  }
  const { key: secret } = await desk.apiKey();
  const wish: CleanupWish = {
    // Neither flag asks for both.
    files: hasFlag(invocation, 'files') || !hasFlag(invocation, 'jobs'),
    jobs: hasFlag(invocation, 'jobs') || !hasFlag(invocation, 'files'),
    olderThanMs,
    settleMs: settleMsFor(settings.settings.settleMs, loaded.state),
    key: keyFingerprint(secret.reveal(), loaded.state.stateId),
  };
  const remains = await lookAtRemains(desk, wish);
  const plan = await verifyPlan(narrow(planCleanup(loaded.state, remains, wish), invocation));
  const document = planDocument(plan, isDry);
  const isNothing = plan.files.length + plan.jobs.length === 0;
  if (isDry || isNothing) {
    printer.result(document);
    if (isNothing) printer.note(nothingToDelete(plan));
    return EXIT.ok;
  }
  for (const line of document.lines) printer.note(line);
  await askFirst(invocation, plan);
  return await inSession(desk, async (session) => {
    const now = planCleanup(session.store.current(), remains, wish);
    const cleaned = await cleanUp(session, bothIn(now, plan));
    const exitCode = cleaned.failed.length > 0 ? EXIT.someFailed : EXIT.ok;
    printer.result(cleanedDocument(plan, cleaned, exitCode));
    printer.note(
      `Deleted ${sumOf(cleaned)}${cleaned.failed.length === 0 ? '' : `; ${cleaned.failed.length} could not be deleted`}`,
    );
    return exitCode;
  });
}

/** Surfaces that delete one job at a time name it; the command line has no such flag. */
function narrow(plan: CleanupPlan, invocation: Invocation): CleanupPlan {
  const job = textFlag(invocation, 'only-job');
  return job === undefined
    ? plan
    : { ...plan, files: [], jobs: plan.jobs.filter(({ name }) => name === job) };
}

const NO_PLAN: CleanupPlan = { files: [], jobs: [], kept: [], others: { files: 0, jobs: 0 } };

function olderThanOf(invocation: Invocation): number | undefined {
  const text = textFlag(invocation, 'older-than');
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new BatchSubmitError('E_USAGE', `Cannot use --older-than "${text}": it is no length of time`, {
    hint: 'write it as `--older-than 7d`, or 12h or 30m',
  });
}

async function lookAtRemains(desk: Desk, wish: CleanupWish): Promise<Remains> {
  const { signal } = desk;
  const service = await desk.service();
  // Also where only files go: a job that has not ended may read one.
  const jobs = orStop(await findJobs(service, () => true, signal), 'clean up without a look at the jobs');
  const files = wish.files
    ? orStop(await listAllFiles(service, signal), 'clean up without a look at the files')
    : [];
  return { jobs, files, nowMs: serviceTime({ service, clock: desk.invocation.io.clock }).getTime() };
}

function orStop<T>(answer: Result<T>, what: string): T {
  if (answer.ok) return answer.value;
  throw stopFor(answer.failure, what);
}

async function askFirst(invocation: Invocation, plan: CleanupPlan): Promise<void> {
  const what = sumOf(plan);
  if (hasFlag(invocation, 'yes') || (await confirm(invocation, `Delete ${what}?`))) return;
  throw new BatchSubmitError('E_USAGE', `Cannot delete ${what}: it was not confirmed`, {
    hint: 'answer "y", or pass `--yes` in a script',
  });
}

/** The state may have changed while a person thought: only what both plans name goes. */
function bothIn(now: CleanupPlan, agreed: CleanupPlan): CleanupPlan {
  const names = new Set([...agreed.files, ...agreed.jobs].map(({ name }) => name));
  return {
    ...now,
    files: now.files.filter(({ name }) => names.has(name)),
    jobs: now.jobs.filter(({ name }) => names.has(name)),
  };
}
