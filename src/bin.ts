#!/usr/bin/env node
import { EXIT } from './cli/exit-codes.ts';
import { main, reportCrash, reportLostOutput } from './cli/main.ts';
import { endAsHungUp, processIo } from './cli/process-io.ts';
import { keepHeapSmall } from './cli/small-heap.ts';

keepHeapSmall();
const io = processIo();
const crash = async (error: unknown): Promise<never> => process.exit(await reportCrash(io, error));
process.on('uncaughtException', (error) => void crash(error));
process.exitCode = await main(io, async () => (await import('./mcp/serve.ts')).serveMcp);
if (process.exitCode === EXIT.hungUp) endAsHungUp();
const fault = await io.outputFault();
if (fault !== undefined) process.exitCode = await reportLostOutput(io, fault, process.exitCode);
