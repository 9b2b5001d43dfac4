import type { Body } from '../../documents/body.ts';
import type { EmulatorDocument } from '../../documents/set-up.ts';
import { startEmulator, type Emulator } from '../../emulator/index.ts';
import type { CommandHandler } from '../command-spec.ts';
import {
  countOrZeroFlag,
  damageFlag,
  faultsFlag,
  jobTimeFlag,
  latencyFlag,
  lifeFlag,
  servingOn,
} from '../emulator-flags.ts';
import { EXIT } from '../exit-codes.ts';
import { countFlag, hasFlag, textFlag, type Invocation } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';

/** `batch-submit emulator`: serves until it is interrupted. */
export const emulatorCommand: CommandHandler = (invocation) => withDesk(invocation, serveEmulator);

async function serveEmulator(desk: Desk): Promise<number> {
  const emulator = await start(desk.invocation);
  const hasDamage = textFlag(desk.invocation, 'damage') !== undefined;
  desk.printer.result({
    lines: [
      `Emulator of the Gemini Files and Batch API at ${emulator.url}`,
      `  Use it     GEMINI_API_KEY=any batch-submit --base-url ${emulator.url}`,
      `  Accepted   ${emulator.url}/_emulator/accepted`,
      `  Requests   ${emulator.url}/_emulator/requests`,
      ...(hasDamage ? [`  Damaged    ${emulator.url}/_emulator/damaged`] : []),
      'Ctrl-C ends it.',
    ],
    records: [[emulator.url]],
    json: { url: emulator.url, port: emulator.port } satisfies Body<EmulatorDocument>,
  });
  await new Promise<void>((resolve) =>
    desk.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  await emulator.close();
  return EXIT.ok;
}

async function start(invocation: Invocation): Promise<Emulator> {
  const port = countOrZeroFlag(invocation, 'port') ?? 0;
  const quotaTokens = countFlag(invocation, 'quota-tokens');
  const seed = countFlag(invocation, 'seed');
  const answers = textFlag(invocation, 'answers');
  const damage = damageFlag(invocation);
  const fileTtlMs = lifeFlag(invocation, 'file-life');
  const jobTtlMs = lifeFlag(invocation, 'job-life');
  const resultTtlMs = lifeFlag(invocation, 'result-life');
  return await servingOn(port, () =>
    startEmulator({
      port,
      quotaJobs: countFlag(invocation, 'quota-jobs') ?? 100,
      ...(quotaTokens === undefined ? {} : { quotaTokens }),
      ...(seed === undefined ? {} : { seed }),
      ...(answers === undefined ? {} : { answers }),
      ...(damage === undefined ? {} : { damage }),
      ...(fileTtlMs === undefined ? {} : { fileTtlMs }),
      ...(jobTtlMs === undefined ? {} : { jobTtlMs }),
      ...(resultTtlMs === undefined ? {} : { resultTtlMs }),
      damageOnce: hasFlag(invocation, 'damage-once'),
      jobTimeMs: jobTimeFlag(invocation, '5s'),
      latencyMs: latencyFlag(invocation),
      faults: faultsFlag(invocation, ''),
    }),
  );
}
