/** Few enough for `ulimit -n 64`, enough to hide the latency of a network drive. */
const GROUP = 16;

/** Does the work for every item, some at once, and gives the answers in the order of the items. */
export async function inGroups<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (let from = 0; from < items.length; from += GROUP) {
    answers.push(...(await Promise.all(items.slice(from, from + GROUP).map(work))));
  }
  return answers;
}
