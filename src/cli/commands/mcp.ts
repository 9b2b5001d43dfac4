import type { CommandHandler } from '../command-spec.ts';

/** `batch-submit mcp`: the server stands on the command line, so whoever starts the program hands it over. */
export const mcpCommand: CommandHandler = async (invocation) => {
  if (invocation.loadMcp === undefined) throw new Error('no server was handed over');
  const serve = await invocation.loadMcp();
  return await serve(invocation);
};
