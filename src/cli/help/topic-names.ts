/** What `batch-submit help <topic>` explains beside the commands. */
export const TOPIC_SUMMARIES: readonly (readonly [name: TopicName, summary: string])[] = [
  ['environment', 'variables, .env, the settings file, and which of them wins'],
  ['exit-codes', 'what each exit code means, and what a script does about it'],
  ['formats', 'what is printed for people, for pipes and as JSON'],
  ['errors', 'the code of each error, and what to do about it'],
];

export type TopicName = 'environment' | 'exit-codes' | 'formats' | 'errors';
