import { inspectInput } from '../dist/input/inspect.js';

const inspection = await inspectInput(process.argv[2]);
if (!inspection.ok) process.exitCode = 1;
