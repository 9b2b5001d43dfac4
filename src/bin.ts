#!/usr/bin/env node
import { EXIT } from './cli/exit-codes.ts';
import { main, reportCrash } from './cli/main.ts';
import { endAsHungUp, processIo } from './cli/process-io.ts';
import { keepHeapSmall } from './cli/small-heap.ts';

keepHeapSmall();
const io = processIo();
const crash = async (error: unknown): Promise<never> => process.exit(await reportCrash(io, error));
process.on('uncaughtException', (error) => void crash(error));
process.exitCode = await main(io);
if (process.exitCode === EXIT.hungUp) endAsHungUp();
const fault = io.outputFault();
if (fault !== undefined) {
  io.stderr.write(`error: Cannot show everything: the output could not be written (${fault.message})\n`);
  process.exitCode ||= 1;
}
