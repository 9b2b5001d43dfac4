import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { expectPublishedJson } from './json-contract.ts';
import { BIN, type Ended } from './run-cli.ts';
import { test } from './workbench.ts';

describe.skipIf(!existsSync('/dev/full'))('output that a full disk does not take', () => {
  test.for(['config', 'config --json', 'status', '--help', 'completion bash'])(
    '%s says so, with exit code 1',
    async (line, { openWorkbench }) => {
      const { folder } = await openWorkbench();
      const ended = await new Promise<Ended>((resolve) => {
        execFile(
          '/bin/sh',
          ['-c', `"$0" "$1" ${line} > /dev/full`, process.execPath, BIN],
          { cwd: folder },
          (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
        );
      });
      if (line.includes('--json')) expectPublishedJson(line.split(' '), ended);
      expect(ended).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('Cannot show everything: the output could not be written'),
      });
    },
  );
});
