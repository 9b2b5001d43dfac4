#!/usr/bin/env node
import { main } from './cli/main.ts';
import { processIo } from './cli/process-io.ts';
import { keepHeapSmall } from './cli/small-heap.ts';

keepHeapSmall();
const io = processIo();
process.exitCode = await main(io);
const fault = io.outputFault();
if (fault !== undefined) {
  io.stderr.write(`error: Cannot show everything: the output could not be written (${fault.message})\n`);
  process.exitCode ||= 1;
}
