import type { OpenWorkbench, Workbench, WorkbenchOptions } from '../cli/workbench.ts';
import { openAgent, type Agent } from './open-agent.ts';

export const LOOKING: readonly string[] = [
  'batch_plan',
  'batch_validate',
  'batch_status',
  'batch_doctor',
  'batch_audit',
];
export const WORKING: readonly string[] = [
  'batch_submit',
  'batch_run',
  'batch_retry',
  'batch_download',
  'batch_report',
];
export const DESTRUCTIVE: readonly string[] = ['batch_cancel', 'batch_cleanup'];
export const CREATE = 'batches.create';
/** For tests that wait for several servers. */
export const PATIENCE: { readonly timeout: number } = { timeout: 60_000 };

export interface Served extends Workbench {
  readonly agent: Agent;
}

/** A workbench whose batches an agent works on, on a real clock. */
export async function serve(
  openWorkbench: OpenWorkbench,
  flags: readonly string[] = [],
  options: WorkbenchOptions = {},
): Promise<Served> {
  const bench = await openWorkbench({ clock: 'real', ...options });
  return { ...bench, agent: await openAgent(flags, bench) };
}

export function jobsAt({ emulator }: Workbench): number {
  return emulator.accepted().jobs.length;
}
