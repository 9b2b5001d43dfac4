import { describe, expect, test } from 'vitest';
import { splitCommand } from '../../src/model/command-words.ts';

describe('splitCommand()', () => {
  test.for([
    ['npx -y gemini-mcp', ['npx', '-y', 'gemini-mcp']],
    ['  node\tserver.js\n', ['node', 'server.js']],
    [`node '/a path/with "quotes"' "it's"`, ['node', '/a path/with "quotes"', "it's"]],
    [String.raw`node a\ b \"c\" "d\"e" '\n'`, ['node', 'a b', '"c"', 'd"e', String.raw`\n`]],
    [
      String.raw`C:\tools\node.exe "C:\My Files\new.js"`,
      [String.raw`C:\tools\node.exe`, String.raw`C:\My Files\new.js`],
    ],
    [`node "" x''y`, ['node', '', 'xy']],
    [`node '$HOME|&;<>()'`, ['node', '$HOME|&;<>()']],
  ] as const)('splits %j', ([text, words]) => {
    expect(splitCommand(text)).toEqual({ ok: true, words });
  });

  test.for([
    ['node server.js 2>/dev/null', 'no shell reads it, so ">" has to stand in quotes'],
    ['node a.js | tee log', 'no shell reads it, so "|" has to stand in quotes'],
    ['node $(which server)', 'no shell reads it, so "$" has to stand in quotes'],
    ['a; b', 'no shell reads it, so ";" has to stand in quotes'],
    [`node 'server.js`, "a ' is not closed"],
    ['node "server.js', 'a " is not closed'],
    ['   ', 'it names no program'],
    [`'' server.js`, 'it names no program'],
  ] as const)('refuses %j', ([text, reason]) => {
    expect(splitCommand(text)).toEqual({ ok: false, reason });
  });
});
