import type { AnswersFile } from './answers-file.ts';
import type { CleanedUp } from './clean-up.ts';

/** Question, answer, what it changes. */
export function describeAnswers(answers: AnswersFile, removed: CleanedUp, folder: string): readonly string[] {
  const lines = answers.answers.flatMap((entry) => [
    `${entry.id.padEnd(4)} ${entry.question}`,
    `     ${entry.status === 'answered' ? entry.says : `${entry.status.replace('_', ' ')}: ${entry.reason}`}`,
    ...answers.constants
      .filter(({ question }) => question === entry.id)
      .map(({ name, current, recommended, changes }) =>
        changes ? `     ! ${name}: ${current} → ${recommended}` : `     ${name}: ${current} → stays`,
      ),
  ]);
  return [...lines, '', ...describeRemoval(removed), `Written to ${folder}`];
}

export function describeRemoval({ files, jobs, leftovers }: CleanedUp): readonly string[] {
  const removed = `Removed ${files} ${files === 1 ? 'file' : 'files'} and ${jobs} ${jobs === 1 ? 'job' : 'jobs'}`;
  if (leftovers.length === 0) return [`${removed}; nothing is left but results, which only time removes`];
  return [
    `${removed}. Not removed:`,
    ...leftovers.map((leftover) => `  ${leftover}`),
    'Try again with `npm run probe -- --clean-up`',
  ];
}
