import type { AnswerFault } from '../model/answer.ts';

/** Ends that say nothing against an answer. */
const FINE: ReadonlySet<string> = new Set(['', 'STOP', 'FINISH_REASON_UNSPECIFIED']);

/** The filters of the service. The same prompt may pass them next time: they look at the answer. */
const FILTERS: ReadonlySet<string> = new Set([
  'SAFETY',
  'RECITATION',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
  'MODEL_ARMOR',
]);

/** What a candidate's `finishReason` says against it. A word that is not known here is no good end. */
export function faultOfFinish(
  reason: unknown,
): Extract<AnswerFault, 'truncated' | 'blocked' | 'unfinished'> | undefined {
  if (reason === undefined || reason === null) return undefined;
  if (typeof reason !== 'string') return 'unfinished';
  if (FINE.has(reason)) return undefined;
  if (reason === 'MAX_TOKENS') return 'truncated';
  return FILTERS.has(reason) ? 'blocked' : 'unfinished';
}
