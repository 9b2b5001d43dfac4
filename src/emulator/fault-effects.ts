import type { Call } from './call.ts';
import { errorReply } from './error-replies.ts';
import type { ChosenFault } from './fault-book.ts';
import type { FaultKind, FaultRule } from './fault-rule.ts';
import { createQuotaReply, retryInfoReply, storageFullReply, zeroQuotaReply } from './quota-replies.ts';
import { htmlReply, type Reply } from './reply.ts';
import type { Transport } from './send-reply.ts';

/** What leaves the emulator: an answer and how its bytes travel, or nothing. */
export type Delivery =
  | { readonly reply: Reply; readonly transport?: Transport }
  | { readonly nothing: 'drop' }
  | { readonly nothing: 'hang'; readonly forMs: number | undefined };

export interface DeliveryPlan {
  readonly call: Call;
  readonly fault: ChosenFault | undefined;
  /** For the text of `storage_full`. */
  readonly storageBytes: number;
  /** The honest work of the endpoint. */
  readonly handle: () => Promise<Reply | 'dropped'>;
}

/** Runs the handler with the fault in its way. */
export async function deliver({ call, fault, storageBytes, handle }: DeliveryPlan): Promise<Delivery> {
  const substitute = fault === undefined ? undefined : substituteFor(fault.rule, storageBytes);
  if (substitute !== undefined) {
    if (fault?.phase === 'after') await handle();
    else if (!('nothing' in substitute)) await call.body.drain();
    return substitute;
  }
  const reply = await handle();
  if (reply === 'dropped' || fault?.rule.kind === 'delayed_commit') return { nothing: 'drop' };
  const transport = fault === undefined ? undefined : transportFor(fault.rule, call);
  return transport === undefined ? { reply } : { reply, transport };
}

/** For the kinds that stand instead of the answer. */
function substituteFor(rule: FaultRule, storageBytes: number): Delivery | undefined {
  if (rule.kind === 'drop') return { nothing: 'drop' };
  if (rule.kind === 'hang') return { nothing: 'hang', forMs: rule.delayMs };
  const reply = SUBSTITUTES[rule.kind]?.(rule, storageBytes);
  if (reply === undefined) return undefined;
  const { retryAfterSeconds } = rule;
  if (retryAfterSeconds === undefined) return { reply };
  return { reply: { ...reply, headers: { ...reply.headers, 'Retry-After': String(retryAfterSeconds) } } };
}

const SUBSTITUTES: Partial<Record<FaultKind, (rule: FaultRule, storageBytes: number) => Reply>> = {
  status: (rule) => errorReply(rule.status ?? 503, rule.message),
  rate_limit: () => createQuotaReply(),
  rate_limit_bare: () => errorReply(429),
  rate_limit_retry_info: (rule) => retryInfoReply(rule.retryDelay ?? '26s'),
  rate_limit_zero: () => zeroQuotaReply(),
  storage_full: (_rule, storageBytes) => storageFullReply(storageBytes),
  html: (rule) => htmlReply(rule.status ?? 502, `Error ${rule.status ?? 502} (Server Error)`),
  empty_body: (rule) => ({ status: rule.status ?? 502, headers: {}, body: '' }),
  redirect: (rule) => ({
    status: rule.status ?? 302,
    headers: { Location: rule.location ?? 'https://redirect.invalid/' },
    body: '',
  }),
};

/** For the kinds that act on the bytes of an honest answer. */
function transportFor(rule: FaultRule, call: Call): Transport | undefined {
  const { kind, bytes } = rule;
  if (kind === 'truncated_json' || kind === 'short_body') {
    return { ending: 'end', afterBytes: bytes, honestLength: false };
  }
  if (kind === 'stall_after_bytes') return { ending: 'stall', afterBytes: bytes, honestLength: true };
  if (kind === 'slow') return { bytesPerSecond: rule.bytesPerSecond ?? 1024, honestLength: true };
  const cutsTheUpload = call.route.endpoint === 'upload.bytes' && rule.direction !== 'down';
  return kind === 'reset_after_bytes' && !cutsTheUpload
    ? { ending: 'reset', afterBytes: bytes, honestLength: true }
    : undefined;
}
