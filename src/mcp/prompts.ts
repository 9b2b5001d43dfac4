import type { GetPromptResult, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

const range = z.object({
  from: z.string().max(9).optional().describe('First batch'),
  to: z.string().max(9).optional().describe('Last batch'),
});

/** What a person says to an agent, with the words that make it go the short way. */
export function addPrompts(server: McpServer): void {
  server.registerPrompt(
    'complete_all_remaining_batches',
    { description: 'Submit, wait for and collect everything that is left', argsSchema: range },
    ({ from, to }) => {
      const some = from === undefined ? 'all remaining batches' : `batches ${from} to ${to ?? 'the last'}`;
      return say(
        `Use batch-submit to complete ${some}. Call batch_plan first and tell me what it costs in jobs and bytes. ` +
          'Then call batch_run, with confirm: true once I agree where it asks. While its state is in_progress, wait ' +
          'until resumeAfter and call it again. When it is done, call batch_audit and tell me the counts; when its ' +
          'state is attention, tell me the problems and propose batch_retry.',
      );
    },
  );
  server.registerPrompt(
    'collect_results',
    { description: 'Save and check the results of jobs that ended' },
    () =>
      say(
        'Call batch_status with refresh: true, then batch_download until its state is done, then batch_audit. ' +
          'Tell me how many requests were answered, and which batches miss answers.',
      ),
  );
  server.registerPrompt('retry_what_failed', { description: 'Find out what failed, and send it again' }, () =>
    say(
      'Call batch_audit and batch_status and tell me what failed and why. Then propose batch_retry with the number ' +
        'of jobs it takes; call it with confirm: true once I agree, and batch_run until everything is collected.',
    ),
  );
}

function say(text: string): GetPromptResult {
  return { messages: [{ role: 'user', content: { type: 'text', text } }] };
}
