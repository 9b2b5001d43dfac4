import { describe, expect, test } from 'vitest';
import { commandPage, rootPage } from '../../src/cli/help/command-page.ts';
import { helpText } from '../../src/cli/help/help-text.ts';
import { TOPIC_SUMMARIES } from '../../src/cli/help/topic-names.ts';
import { topicPage } from '../../src/cli/help/topics.ts';
import { styleFor } from '../../src/cli/output/style.ts';
import { COMMANDS } from '../../src/cli/table/command-table.ts';

const style = styleFor({ write: () => true }, { flag: false, env: {} });
const PAGES = [
  rootPage(),
  ...COMMANDS.map((spec) => commandPage(spec)),
  ...TOPIC_SUMMARIES.map(([name]) => topicPage(name)),
];

describe.for([40, 60])('helpText() in %s columns', (columns) => {
  test('breaks every text, and no word of it is lost', () => {
    for (const page of PAGES) {
      const narrow = helpText(page, { columns, style });
      const wide = helpText(page, { columns: 100, style });
      expect(narrow.split(/\s+/)).toEqual(wide.split(/\s+/));
      const [texts = ''] = narrow.split('\nExamples:');
      // Terms, usage, names and addresses are copied, and stay whole.
      const isText = (line: string): boolean =>
        /^ *\S+ \S/.test(line) && !/^(?: {0,2}\S*[-<[]|Usage| {7}batch)/.test(line);
      const long = texts.split('\n').filter((line) => line.length > columns && isText(line));
      expect(long).toEqual([]);
    }
  });
});
