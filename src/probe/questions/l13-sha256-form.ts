import type { ProbeFile } from '../probe.ts';
import type { Question } from '../question.ts';

type Answer = 'base64_of_hex' | 'base64_of_bytes' | 'hex' | 'absent' | 'other';

const KNOWN = 'base64 of hex or of bytes, or hex';

export const sha256Form: Question<Answer> = {
  id: 'L13',
  asks: 'In which form is sha256Hash given?',
  sends: 'upload a file, which other questions use too',
  answers: ['base64_of_hex', 'base64_of_bytes', 'hex', 'absent', 'other'],
  makes: () => ({ files: 0, jobs: 0 }),
  async ask(probe) {
    const answer = formOf(await probe.input());
    return {
      answer,
      says: answer.replaceAll('_', ' '),
      facts: {},
      constants: [
        {
          name: 'sha256Hash is read as',
          current: KNOWN,
          recommended: answer === 'other' ? 'a form that is not known yet' : KNOWN,
        },
      ],
      emulator: answer === 'other' ? {} : { sha256Form: answer },
    };
  },
};

/** Compared with the hash of what was sent: a form is not guessed from its length. */
function formOf({ resource, sha256 }: ProbeFile): Answer {
  const sent = resource['sha256Hash'];
  if (sent === undefined || sent === '') return 'absent';
  if (sent === sha256) return 'hex';
  if (sent === Buffer.from(sha256).toString('base64')) return 'base64_of_hex';
  return sent === Buffer.from(sha256, 'hex').toString('base64') ? 'base64_of_bytes' : 'other';
}
