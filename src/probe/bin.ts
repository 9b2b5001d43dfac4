import { processIo } from '../cli/process-io.ts';
import { main } from './main.ts';

process.exitCode = await main(processIo());
