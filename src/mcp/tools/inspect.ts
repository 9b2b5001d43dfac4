import { z } from 'zod';
import type { StatusDocument } from '../../documents/inspect.ts';
import type { PlanDocument } from '../../documents/plan.ts';
import type { DiagnosisDocument } from '../../documents/upkeep.ts';
import type { ValidationDocument } from '../../documents/validation.ts';
import { MOST_PROBLEMS, problem } from '../cap.ts';
import type { Tool, ToolAnnotations } from '../tool.ts';
import { tool } from '../tool.ts';
import { jobsIn } from '../work.ts';
import { countsOf, problems } from '../work-result.ts';
import { choice } from './choice.ts';

const READS: ToolAnnotations = { readOnlyHint: true };

const batchPlan = tool({
  name: 'batch_plan',
  description: 'What a submit would send and create. Sends nothing.',
  annotations: READS,
  input: z.strictObject(choice),
  output: z.object({
    model: z.string(),
    jobs: z.number(),
    uploadBytes: z.number(),
    already: z.number(),
    failed: z.number(),
    needsConfirm: z.boolean(),
  }),
  run: async (range, { signal }, box) => {
    await box.confine();
    const { document } = await box.run('submit', { ...range, dryRun: true }, { signal });
    const plan = document as PlanDocument; // with `dryRun` it prints its plan
    const skipped = plan.batches.flatMap(({ action }) => (action.kind === 'skip' ? [action.why] : []));
    return {
      model: plan.model,
      jobs: jobsIn(plan),
      uploadBytes: plan.uploadBytes,
      already: skipped.filter((why) => why === 'submitted').length,
      failed: skipped.filter((why) => why === 'failed').length,
      needsConfirm: jobsIn(plan) > box.limits.confirmAbove,
    };
  },
});

const batchValidate = tool({
  name: 'batch_validate',
  description: 'Check every line of the input files. Sends nothing. Large folders: a range at a time.',
  annotations: READS,
  input: z.strictObject({ ...choice, strict: z.boolean().optional() }),
  output: z.object({
    ok: z.boolean(),
    files: z.number(),
    requests: z.number(),
    errors: z.number(),
    warnings: z.number(),
    problems,
  }),
  run: async ({ strict, ...range }, { signal }, box) => {
    await box.confine();
    const { document } = await box.run('validate', { ...range, strict }, { signal });
    const found = document as ValidationDocument; // what `validate` prints
    return {
      ok: found.ok,
      files: found.files,
      requests: found.requests,
      errors: found.errors,
      warnings: found.warnings,
      problems: found.findings.slice(0, MOST_PROBLEMS).map(({ kind, severity, title, count, first }) => {
        const [place] = first;
        const at =
          place === undefined
            ? ''
            : `; first in ${place.path}${place.line === null ? '' : ` line ${place.line}`}`;
        return problem(place?.batch, `${severity} ${kind}`, `${title} (${count})${at}`);
      }),
    };
  },
});

const batchStatus = tool({
  name: 'batch_status',
  description:
    'Where the batches stand; refresh asks the API first. Lists job names when at most 20 batches are chosen.',
  annotations: READS,
  input: z.strictObject({ ...choice, refresh: z.boolean().optional() }),
  output: z.object({
    counts: z.record(z.string(), z.number()),
    deadline: z.string().optional(),
    jobs: z.array(z.string()).optional(),
    problems,
  }),
  run: async ({ refresh, ...range }, { signal }, box) => {
    await box.confine();
    const { document } = await box.run('status', { ...range, refresh }, { signal });
    const status = document as StatusDocument; // what `status` prints
    const [nearest] = status.deadlines.toSorted((a, b) => a.hoursLeft - b.hoursLeft);
    return {
      counts: countsOf(status),
      ...(nearest === undefined ? {} : { deadline: `${nearest.what} by ${nearest.at}` }),
      ...(status.batches.length <= MOST_PROBLEMS
        ? {
            jobs: status.batches.map(({ batch, status: at, job }) => `${batch} ${at} ${job ?? ''}`.trim()),
          }
        : {}),
      problems: status.batches
        .flatMap(({ batch, status: at, detail }) => (detail === null ? [] : [problem(batch, at, detail)]))
        .slice(0, MOST_PROBLEMS),
    };
  },
});

const batchDoctor = tool({
  name: 'batch_doctor',
  description: 'Look at all that a run needs: key, model, clock, disk, network, quota. Spends nothing.',
  annotations: READS,
  input: z.strictObject({}),
  output: z.object({ ok: z.boolean(), problems }),
  run: async (_input, { signal }, box) => {
    await box.confine();
    const { document } = await box.run('doctor', {}, { signal });
    const { ok, checks } = document as DiagnosisDocument; // what `doctor` prints
    const found = checks.filter(({ verdict }) => verdict === 'problem' || verdict === 'warning');
    return {
      ok,
      problems: found.map(({ check, verdict, fact, hint }) =>
        problem(undefined, `${verdict} ${check}`, hint === null ? fact : `${fact}; ${hint}`),
      ),
    };
  },
});

export const INSPECT_TOOLS: readonly Tool[] = [batchPlan, batchValidate, batchStatus, batchDoctor];
