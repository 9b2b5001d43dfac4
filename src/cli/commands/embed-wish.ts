import type { Settings } from '../../config/settings.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import type { FileLimits } from '../../model/file-limits.ts';
import { jobKindOf } from '../../model/job-kind.ts';
import type { VectorSpace } from '../../refine/vectors.ts';
import { hasFlag, type Invocation } from '../invocation.ts';
import { ceilingOf } from '../quota-settings.ts';
import { fieldsFlag } from './fields-flag.ts';
import { limitsOf } from './prepare-limits.ts';

/** What `embed` was asked for. */
export interface EmbedWish {
  readonly space: VectorSpace;
  /** `undefined`: those that the records are compared by. */
  readonly fields: readonly string[] | undefined;
  /** Also what was merged into another record. */
  readonly takesMerged: boolean;
  /** At once, in place of a batch. */
  readonly isInline: boolean;
  /** Of one batch. */
  readonly limits: FileLimits;
}

/** A fifth of what the lowest tier has room for, so that several batches are under way even there. */
const DEFAULT_MAX_TOKENS = 100_000;

/** What is admitted at all is a little less than the limit, because the count is an estimate. */
const SHARE_OF_LIMIT = 0.9;

function usualTokens(settings: Settings): number {
  const { tokens } = ceilingOf({ ...settings, model: settings.embeddingModel });
  return Math.max(1, Math.min(DEFAULT_MAX_TOKENS, Math.floor(tokens * SHARE_OF_LIMIT)));
}

/** @throws {BatchSubmitError} `E_USAGE` */
export function embedWish(invocation: Invocation, settings: Settings): EmbedWish {
  if (settings.viaMcp !== undefined) {
    throw new BatchSubmitError('E_USAGE', 'Cannot embed through an MCP server: it makes no such jobs', {
      hint: 'unset BATCH_SUBMIT_VIA_MCP and set GEMINI_API_KEY',
    });
  }
  const limits = limitsOf(invocation);
  return {
    space: spaceOf(settings),
    fields: fieldsFlag(invocation),
    takesMerged: hasFlag(invocation, 'all'),
    isInline: hasFlag(invocation, 'inline'),
    limits: { ...limits, maxTokens: limits.maxTokens ?? usualTokens(settings) },
  };
}

function spaceOf({ embeddingModel, taskType, dimensions }: Settings): VectorSpace {
  const model = embeddingModel.replace(/^models\//, '');
  if (jobKindOf(model) !== 'embed') {
    throw new BatchSubmitError('E_USAGE', `Cannot embed with "${embeddingModel}": it is no embedding model`, {
      hint: 'name one such as `--embedding-model gemini-embedding-001`',
    });
  }
  if (taskType !== undefined && taskType !== 'none' && !/^[A-Z][A-Z_]*$/.test(taskType)) {
    throw new BatchSubmitError(
      'E_USAGE',
      `Cannot use --task-type "${taskType}": it is not the name of a task`,
      {
        hint: 'write it as `--task-type SEMANTIC_SIMILARITY`, or `--task-type none`',
      },
    );
  }
  // The second model takes the task as a part of the text, and refuses or ignores the name of one.
  const usual = model.startsWith('gemini-embedding-2') ? undefined : 'SEMANTIC_SIMILARITY';
  return { model, taskType: taskType === 'none' ? undefined : (taskType ?? usual), dimensions };
}
