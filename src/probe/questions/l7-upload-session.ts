import { isRecord } from '../../gemini/json-body.ts';
import { formatDuration } from '../../model/units.ts';
import type { Probe } from '../probe.ts';
import { type Question, Unanswered } from '../question.ts';
import { describeAnswer } from '../steps/describe-answer.ts';
import { startUpload } from '../steps/upload.ts';
import type { WireAnswer } from '../wire.ts';

type Answer = 'file' | 'bare' | 'gone';

const SAYS = {
  file: 'the file once more',
  bare: 'that it is final, without the file',
  gone: 'that the session is over',
} as const;

export const uploadSession: Question<Answer> = {
  id: 'L7',
  asks: 'What does an upload session say after its last step, and how long does an idle one live?',
  sends: 'query a finished session; open one, leave it idle until the jobs have ended, query it',
  answers: ['file', 'bare', 'gone'],
  makes: () => ({ files: 1, jobs: 0 }),
  async ask(probe) {
    const { sessionUrl } = await probe.input();
    const finished = await query(probe, 'l7-finished', new URL(sessionUrl));
    const answer = answerOf(finished);
    const plan = { label: 'l7-idle', purpose: 'l7' };
    const idle = await startUpload(probe, plan, { mimeType: 'jsonl', sizeBytes: 100 });
    const sinceMs = probe.clock.monotonicMs();
    return async () => {
      const life = await lifeOf(probe, idle.sessionUrl, sinceMs);
      return {
        answer,
        says: `a finished session answers ${SAYS[answer]}; ${life.says}`,
        facts: { httpStatus: finished.status, ...life.facts },
        constants: [
          {
            name: 'the lost last answer of an upload',
            current: 'is asked for with a query',
            recommended: answer === 'file' ? 'is asked for with a query' : 'is replaced by files.get',
          },
        ],
        emulator: { queryAfterFinal: answer, ...life.emulator },
      };
    };
  },
};

function answerOf(answer: WireAnswer): Answer {
  const state = answer.headers['x-goog-upload-status'];
  if (answer.status >= 400 && answer.status < 500) return 'gone';
  if (answer.status !== 200 || state !== 'final')
    throw new Unanswered(`the query of a finished session settled nothing (${describeAnswer(answer)})`);
  return isRecord(answer.json) && isRecord(answer.json['file']) ? 'file' : 'bare';
}

interface Life {
  readonly says: string;
  readonly facts: Readonly<Record<string, number>>;
  readonly emulator: { readonly sessionTtlMs?: number };
}

async function lifeOf(probe: Probe, sessionUrl: URL | undefined, sinceMs: number): Promise<Life> {
  if (sessionUrl === undefined) return { says: 'no second session was given', facts: {}, emulator: {} };
  const answer = await query(probe, 'l7-idle-query', sessionUrl);
  const idleMs = Math.floor(probe.clock.monotonicMs() - sinceMs);
  const shown = formatDuration(idleMs);
  if (answer.headers['x-goog-upload-status'] === 'active')
    return { says: `an idle one is alive after ${shown}`, facts: { aliveAfterMs: idleMs }, emulator: {} };
  return {
    says: `an idle one is dead after ${shown}`,
    facts: { deadAfterMs: idleMs },
    emulator: { sessionTtlMs: idleMs },
  };
}

async function query({ wire }: Probe, label: string, to: URL): Promise<WireAnswer> {
  return await wire({
    label,
    method: 'POST',
    to,
    key: 'none',
    headers: { 'x-goog-upload-command': 'query' },
  });
}
