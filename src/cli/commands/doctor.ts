import { text as textOf } from 'node:stream/consumers';
import { resolveApiKey } from '../../config/api-key.ts';
import { keyFingerprint } from '../../config/key-fingerprint.ts';
import { createScrub } from '../../config/scrub.ts';
import type { Secret } from '../../config/secret.ts';
import type { Settings } from '../../config/settings.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import type { SubmissionState } from '../../model/submission-state.ts';
import { askService, leaveServiceOut } from '../../upkeep/ask-service.ts';
import { checkKey, checkSettings } from '../../upkeep/check-settings.ts';
import { checkAddress, checkCertificates, checkNode, checkProxy } from '../../upkeep/check-surroundings.ts';
import { problemOf, type Check } from '../../upkeep/check.ts';
import { leaveMachineOut, lookAround } from '../../upkeep/look-around.ts';
import { refuseOtherInput } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT_BY_SIGNAL, Interrupted } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import type { Printer } from '../output/printer.ts';
import { styleFor } from '../output/style.ts';
import { readSettings, type CliSettings } from '../settings.ts';
import { stateName } from '../state-name.ts';
import { diagnosisDocument, exitCodeOfChecks } from './doctor-view.ts';
import { NO_STATE } from './no-state.ts';

/**
 * `batch-submit doctor`: looks at everything a run needs, says what is wrong and what to do. It writes
 * nothing, takes no lock and sends GET requests only, so it has no desk and no session.
 */
export const doctorCommand: CommandHandler = async (invocation) => {
  const { io } = invocation;
  const stop = new AbortController();
  const offSignal = io.onSignal((signal) => {
    if (stop.signal.aborted) io.exitNow(EXIT_BY_SIGNAL[signal]);
    else stop.abort(new Interrupted(signal, io.argv));
  });
  const secrets: Secret[] = [];
  const printer = invocation.openPrinter(invocation, '', (text) => createScrub(secrets)(text));
  // Nothing else is shown before the last answer, and a dead network takes 20 s to be given up.
  if (io.stderr.isTTY === true) printer.note('Looking at this machine, and asking the service');
  try {
    const checks = await examine({
      invocation,
      signal: stop.signal,
      printer,
      onKey: (key) => secrets.push(key),
    });
    const color = invocation.flags['color'];
    const wish = { flag: typeof color === 'boolean' ? color : undefined, env: io.env };
    printer.result(diagnosisDocument(checks, styleFor(io.stdout, wish)));
    return exitCodeOfChecks(checks);
  } finally {
    offSignal();
    printer.close();
  }
};

interface Examination {
  readonly invocation: Invocation;
  readonly signal: AbortSignal;
  /** Shows requests, where they are to be shown. */
  readonly printer: Printer;
  /** Is told the key, so that nothing printed can hold it. */
  readonly onKey: (key: Secret) => void;
}

async function examine(examination: Examination): Promise<readonly Check[]> {
  const { invocation, onKey } = examination;
  const { env } = invocation.io;
  const node = checkNode(process.version, `${process.platform} ${process.arch}`);
  const certificates = checkCertificates(env);
  const settings = await orStop(readSettings(invocation));
  if (settings instanceof BatchSubmitError) {
    const why = 'the settings cannot be read';
    return [
      node,
      problemOf('settings', settings),
      certificates,
      ...leaveMachineOut(why),
      ...leaveServiceOut(why),
    ];
  }
  const { baseUrl } = settings.settings;
  const key = await findKey(invocation, settings);
  if (key.secret !== undefined) onKey(key.secret);
  const around = await lookAround(
    settings.settings,
    (state, files) => refuseOtherInput(settings.settings, state, files),
    invocation.io.clock.now(),
    stateName(invocation, settings.settings),
  );
  const local = [
    node,
    checkSettings(Object.values(settings.origins), settings.envFile),
    key.check,
    checkAddress(baseUrl),
    certificates,
    checkProxy(env, baseUrl),
    ...around.checks,
  ];
  if (key.secret === undefined) return [...local, ...leaveServiceOut('there is no key to ask with')];
  if (certificates.verdict !== 'ok')
    return [...local, ...leaveServiceOut('certificates would not be checked')];
  const { state = NO_STATE } = around;
  return [
    ...local,
    ...(await askWithKey(examination, { secret: key.secret, settings: settings.settings, state })),
  ];
}

interface FoundKey {
  readonly check: Check;
  readonly secret: Secret | undefined;
}

async function findKey({ io, command }: Invocation, { settings, envFile }: CliSettings): Promise<FoundKey> {
  const found = await orStop(
    resolveApiKey({
      given: io.apiKey,
      environment: io.env,
      envFile: envFile.values,
      envFileName: envFile.name,
      apiKeyFile: settings.apiKeyFile,
      readStdin: () => textOf(io.stdin),
      verb: command,
    }),
  );
  if (found instanceof BatchSubmitError)
    return { check: problemOf('key', found, command), secret: undefined };
  return { check: checkKey(found.origin, found.warnings), secret: found.key };
}

interface Known {
  readonly secret: Secret;
  readonly settings: Settings;
  readonly state: SubmissionState;
}

async function askWithKey(
  { invocation, signal, printer }: Examination,
  { secret, settings, state }: Known,
): Promise<readonly Check[]> {
  // The heaviest part of the program, and of no use offline.
  const { createGeminiService } = await import('../../gemini/gemini-service.ts');
  const service = createGeminiService({
    apiKey: secret.reveal(),
    baseUrl: settings.baseUrl,
    onRequest: (info) => printer.request?.(info),
  });
  const key = keyFingerprint(secret.reveal(), state.stateId);
  return await askService({ service, settings, state, key, clock: invocation.io.clock, signal });
}

/** A stop that a user can act on is a finding here, and no end. */
async function orStop<T>(work: Promise<T>): Promise<T | BatchSubmitError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof BatchSubmitError) return error;
    throw error;
  }
}
