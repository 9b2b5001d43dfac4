import { z } from 'zod';
import type { FinalReport } from '../../report/final-report.ts';
import { MOST_PROBLEMS, problem } from '../cap.ts';
import type { Tool } from '../tool.ts';
import { tool } from '../tool.ts';
import { problems } from '../work-result.ts';

const requests = z.record(z.string(), z.number());

const batchAudit = tool({
  name: 'batch_audit',
  description:
    'Check all saved results against their requests: planned = answered + failed + missing + pending. Writes nothing.',
  annotations: { readOnlyHint: true },
  input: z.strictObject({}),
  output: z.object({ complete: z.boolean(), requests, defects: requests, problems }),
  run: async (_input, { signal }, box) => {
    await box.confine();
    const { document } = await box.run('report', { output: '-' }, { signal });
    const { requests: found, defects_by_kind: kinds, defects } = document as FinalReport; // what `report` prints
    return {
      complete: found.planned > 0 && found.answered === found.planned,
      requests: found,
      defects: kinds,
      problems: defects
        .slice(0, MOST_PROBLEMS)
        .map(({ batch, line, kind, reason, message }) =>
          problem(
            batch,
            kind,
            [line === null ? '' : `line ${line}`, reason, message].filter(Boolean).join(': '),
          ),
        ),
    };
  },
});

const batchReport = tool({
  name: 'batch_report',
  description: 'Write the final report file; returns its totals, tokens and cost.',
  annotations: { destructiveHint: false, idempotentHint: true },
  input: z.strictObject({ html: z.boolean().optional() }),
  output: z.object({
    batches: requests,
    requests,
    tokens: requests,
    cost: z.string(),
    merged: z.string().optional(),
  }),
  run: async ({ html }, { signal }, box) => {
    await box.confine();
    const { document } = await box.run('report', { html }, { signal });
    const { statistics, counts, requests: found, tokens, cost, merged } = document as FinalReport; // what it prints
    const { total, submitted, remaining, failed } = statistics;
    return {
      batches: { total, submitted, remaining, failed, downloaded: counts.downloaded },
      requests: found,
      tokens: { prompt: tokens.prompt, answer: tokens.answer, thoughts: tokens.thoughts },
      cost: cost.amount === null ? 'unknown' : `${cost.amount} ${cost.currency}`,
      ...(merged === null ? {} : { merged: merged.path }),
    };
  },
});

export const REPORT_TOOLS: readonly Tool[] = [batchAudit];
export const WRITE_REPORT_TOOLS: readonly Tool[] = [batchReport];
