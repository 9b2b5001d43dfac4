import { readAccepted } from './accepted.ts';
import type { Backend } from './backend.ts';
import { isVirtualClock } from './clock.ts';
import { errorReply } from './error-replies.ts';
import type { FaultBook } from './fault-book.ts';
import { readFaultRule } from './fault-parse.ts';
import { parseJsonObject } from './json.ts';
import { METADATA_LIMIT_BYTES } from './limits.ts';
import { jsonReply, type Reply } from './reply.ts';
import type { RequestBody } from './request-body.ts';
import { readAllKeys } from './uploaded-copy.ts';

export const CONTROL_PREFIX = '/_emulator/';

/** The endpoints tests use. They need no key, meet no faults and leave no record. */
export async function control(
  backend: Backend,
  faults: FaultBook,
  method: string,
  path: string,
  body: RequestBody,
): Promise<Reply> {
  const text = (await body.text(METADATA_LIMIT_BYTES)) ?? '';
  const { clock } = backend.settings;
  switch (`${method} ${path.slice(CONTROL_PREFIX.length)}`) {
    case 'GET accepted':
      return jsonReply({ ...readAccepted(backend, clock.now()) });
    case 'GET requests':
      return jsonReply({ requests: backend.ledger.requests });
    case 'GET damaged':
      return jsonReply({ damaged: backend.damaged.all() });
    case 'GET keys':
      return jsonReply({ keys: await readAllKeys(backend) });
    case 'GET faults':
      return jsonReply({ faults: faults.rules() });
    case 'POST faults':
      return addFault(faults, text);
    case 'DELETE faults':
      faults.clear();
      return jsonReply({});
    case 'GET clock':
      return jsonReply({ now: new Date(clock.now()).toISOString(), virtual: isVirtualClock(clock) });
    case 'POST advance':
      return advance(backend, text);
    default:
      return errorReply(404, `There is no control endpoint ${method} ${path}.`);
  }
}

function addFault(faults: FaultBook, text: string): Reply {
  const rule = readFaultRule(parseJsonObject(text));
  if (typeof rule === 'string') return errorReply(400, rule);
  faults.add(rule);
  return jsonReply({ fault: rule });
}

function advance({ settings: { clock } }: Backend, text: string): Reply {
  const ms = parseJsonObject(text)?.['ms'];
  if (!isVirtualClock(clock))
    return errorReply(400, 'The emulator runs on the real clock, which cannot be advanced.');
  if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0) {
    return errorReply(400, 'The body must be {"ms": <a non-negative number of milliseconds>}.');
  }
  return jsonReply({ now: new Date(clock.advance(ms)).toISOString() });
}
