import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { isEnded } from '../../model/job.ts';
import { capText } from '../cap.ts';
import { tool, type Tool, type ToolCall, type ToolResult } from '../tool.ts';
import { findByJob, type FoundJob } from './find-batch.ts';
import { jobStateOf, viewOf, type JobView } from './job-view.ts';
import type { CompatParts } from './parts.ts';

const NAME = 'batch_get_status';
const POLL_SECONDS = 30;
const DAY_MS = 86_400_000;

export function batchStatusTool(parts: CompatParts): Tool {
  return tool({
    name: NAME,
    description:
      'State of a batch job. autoPoll waits for its end within the time of one call; while isComplete is false call again.',
    annotations: { readOnlyHint: true },
    failure: 'Error getting batch status',
    input: z.strictObject({
      batchName: z.string(),
      autoPoll: z.boolean().optional(),
      pollIntervalSeconds: z.number().min(1).optional(),
      maxWaitMs: z.number().min(0).optional(),
    }),
    output: z.record(z.string(), z.unknown()),
    run: async ({ batchName, autoPoll, pollIntervalSeconds = POLL_SECONDS, maxWaitMs }, call) => {
      await parts.box.confine();
      const untilMs = parts.box.now().getTime() + (autoPoll === true ? (maxWaitMs ?? DAY_MS) : 0);
      const everyMs = pollIntervalSeconds * 1000;
      return describe(await poll(batchName, { untilMs, everyMs }, call, parts));
    },
  });
}

interface Pace {
  /** Of the clock, in ms. */
  readonly untilMs: number;
  readonly everyMs: number;
}

/** Looks until the job has ended or the time is over, and tells what is known then. */
async function poll(
  batchName: string,
  { untilMs, everyMs }: Pace,
  call: ToolCall,
  parts: CompatParts,
): Promise<JobView> {
  let view = viewOf(await refreshedJob({ batchName, name: NAME }, call, parts));
  try {
    while (!view.isComplete) {
      const leftMs = untilMs - parts.box.now().getTime();
      if (leftMs <= 0) break;
      await delay(Math.min(everyMs, leftMs), undefined, { signal: call.signal });
      view = viewOf(await refreshedJob({ batchName, name: NAME }, call, parts));
    }
  } catch (error) {
    if (!call.isOver()) throw error;
  }
  return view;
}

/**
 * Asks the service for a job that had not ended. While another run holds the lock, that run keeps the state fresh.
 * @throws {BatchSubmitError} which names the tool to call again, where that helps
 */
export async function refreshedJob(
  { batchName, name }: { readonly batchName: string; readonly name: string },
  call: ToolCall,
  parts: CompatParts,
): Promise<FoundJob> {
  const known = findByJob(await parts.state(), batchName);
  if (known.past !== undefined || isEnded(jobStateOf(known.record))) return known;
  await parts.inTurn(name, call, () =>
    parts.box.run('status', { only: known.batch, refresh: true }, { signal: call.signal }),
  );
  return findByJob(await parts.state(), batchName);
}

function describe(view: JobView): ToolResult {
  const error = view.error === null ? null : capText(view.error);
  return { ...view, error, nextSteps: nextSteps(view) };
}

function nextSteps({ batchName, state, isComplete }: JobView): readonly string[] {
  if (!isComplete) return [`Call batch_get_status again with batchName "${batchName}"`];
  if (state === 'JOB_STATE_SUCCEEDED') return [`Call batch_download_results with batchName "${batchName}"`];
  return [
    `Call batch_download_results with batchName "${batchName}" for answers that were made, if there are any`,
    'Call batch_create again with the same inputFileUri to send the file once more',
  ];
}
