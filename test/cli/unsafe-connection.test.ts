import { createServer } from 'node:https';
import { once } from 'node:events';
import { describe } from 'vitest';
import { SELF_SIGNED } from '../gemini/self-signed.ts';
import { transcript } from './transcript.ts';
import { test } from './workbench.ts';

describe.concurrent('a connection that cannot be trusted', () => {
  test('ends the run at once, with what to do about it, and keeps the key', async ({
    openWorkbench,
    expect,
  }) => {
    let requests = 0;
    const server = createServer(SELF_SIGNED, () => (requests += 1));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : undefined}`;
    const { cli } = await openWorkbench();
    try {
      // Some versions of Node add advice of their own to the reason.
      const ended = await cli('', { BATCH_SUBMIT_BASE_URL: url });
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain('is not the service, by its certificate (DEPTH_ZERO_SELF_SIGNED_CERT: ');
      expect(ended.stderr).toMatch(/\n\nhint: .*NODE_EXTRA_CA_CERTS=<file>\n$/);

      expect(requests).toBe(0);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('is not made when certificates would not be checked', async ({ openWorkbench, expect }) => {
    const { cli, folder, emulator } = await openWorkbench();
    const ended = await cli('', { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect(transcript(ended, folder)).toMatchInlineSnapshot(`
      "exit 2
      --- stdout

      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)

      error: Cannot send the API key while NODE_TLS_REJECT_UNAUTHORIZED=0 turns the check of certificates off

      hint: unset it; behind a proxy of your company, name its certificate with NODE_EXTRA_CA_CERTS=<file>"
    `);
    expect(emulator.requests()).toEqual([]);
  });
});
