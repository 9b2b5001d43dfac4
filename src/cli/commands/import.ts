import { BatchSubmitError } from '../../model/errors.ts';
import { exportRecords, type ExportFormat } from '../../refine/export/export-records.ts';
import { checkGates, parseGates, type GateWish } from '../../refine/import/gates.ts';
import { importRecords, type Imported } from '../../refine/import/import-records.ts';
import { readMapping } from '../../refine/import/mapping.ts';
import { prepareImport } from '../../refine/import/prepare.ts';
import { recordFilesIn, type RecordFiles } from '../../refine/record-files.ts';
import { readParsed } from '../../refine/summary.ts';
import type { CommandHandler } from '../command-spec.ts';
import { withDesk, type Desk } from '../desk.ts';
import { EXIT } from '../exit-codes.ts';
import { inRecords } from '../in-records.ts';
import { hasFlag, textFlag, type Invocation } from '../invocation.ts';
import { describeImport, importSummary } from './import-view.ts';
import { NO_STATE } from './no-state.ts';
import { runStepsBefore } from './steps-before.ts';

/** `batch-submit import`: loads the records into a database or a file. It needs no key and sends nothing, but for `--embed`. */
export const importCommand: CommandHandler = async (invocation) => {
  // Before a step takes long or costs something.
  const wish = wishOf(invocation);
  const exitCode = await runStepsBefore(
    invocation,
    async () => await withDesk(invocation, async (desk) => await refuseShutGates(desk, wish)),
  );
  return exitCode === EXIT.ok ? await withDesk(invocation, importInto) : exitCode;
};

async function refuseShutGates({ settings, signal }: Desk, wish: GateWish): Promise<number> {
  const files = recordFilesIn(settings.settings.records);
  const { parse } = await readParsed(files.summary);
  await checkGates(files, parse, wish, signal);
  return EXIT.ok;
}

async function importInto(desk: Desk): Promise<number> {
  const { invocation, printer } = desk;
  const { destination, ...wish } = wishOf(invocation);
  const work = async (files: RecordFiles): Promise<Imported> => {
    const prepared = await prepareImport(files, wish, desk.signal);
    return await bring(desk, files, prepared, destination);
  };
  const imported = hasFlag(invocation, 'dry-run')
    ? await work(recordFilesIn(desk.settings.settings.records))
    : await inRecords(desk, work);
  printer.result(describeImport(imported));
  printer.note(importSummary(imported));
  return EXIT.ok;
}

/** @throws {BatchSubmitError} `E_USAGE` */
function wishOf(invocation: Invocation): {
  readonly destination: Destination;
  readonly allow: ReturnType<typeof parseGates>;
  readonly without: ReturnType<typeof parseGates>;
} {
  return {
    destination: destinationOf(invocation),
    allow: parseGates(textFlag(invocation, 'allow'), 'allow'),
    without: parseGates(textFlag(invocation, 'without'), 'without'),
  };
}

type Destination = { readonly format: 'sqlite' } | { readonly format: ExportFormat; readonly into: string };

async function bring(
  desk: Desk,
  files: RecordFiles,
  prepared: Awaited<ReturnType<typeof prepareImport>>,
  destination: Destination,
): Promise<Imported> {
  const { invocation, settings, signal } = desk;
  const isDry = hasFlag(invocation, 'dry-run');
  const state = (await desk.loadState())?.state ?? NO_STATE;
  if (destination.format === 'sqlite') {
    const mappingPath = textFlag(invocation, 'mapping');
    return await importRecords(
      {
        files,
        prepared,
        state,
        path: settings.settings.database,
        mapping: mappingPath === undefined ? undefined : await readMapping(mappingPath),
        withBackup: !isWithoutBackup(invocation),
        isDry,
      },
      signal,
    );
  }
  const { format, into } = destination;
  return await exportRecords(
    {
      files,
      prepared,
      state,
      format,
      path: into,
      withDuplicates: hasFlag(invocation, 'all'),
      withEmbeddings: format !== 'csv' || hasFlag(invocation, 'with-embeddings'),
      isDry,
    },
    signal,
  );
}

/** @throws {BatchSubmitError} `E_USAGE` for flags that do not go together */
function destinationOf(invocation: Invocation): Destination {
  const to = textFlag(invocation, 'to') ?? 'sqlite';
  const into = textFlag(invocation, 'into');
  if (to === 'sqlite') {
    refuseFlags(invocation, to, ['into', 'all', 'with-embeddings']);
    return { format: to };
  }
  if (to !== 'parquet' && to !== 'csv' && to !== 'jsonl') {
    throw new BatchSubmitError('E_USAGE', `Cannot import to "${to}": there is no such format`, {
      hint: 'give one of `--to sqlite`, `--to parquet`, `--to csv` and `--to jsonl`',
    });
  }
  refuseFlags(invocation, to, ['mapping', 'no-backup', ...(to === 'csv' ? [] : ['with-embeddings'])]);
  if (into !== undefined) return { format: to, into };
  throw new BatchSubmitError('E_USAGE', `Cannot import to ${to}: no file was named`, {
    hint: `name one with \`--into records.${to}\``,
  });
}

/** The command line says it in one way, and the library in another. */
function isWithoutBackup({ flags }: Invocation): boolean {
  return flags['backup'] === false || flags['no-backup'] === true;
}

function refuseFlags(invocation: Invocation, to: string, names: readonly string[]): void {
  const found = names.find((name) =>
    name === 'no-backup' ? isWithoutBackup(invocation) : (invocation.flags[name] ?? false) !== false,
  );
  if (found === undefined) return;
  throw new BatchSubmitError('E_USAGE', `Cannot use --${found} with --to ${to}`, {
    hint: 'see `batch-submit import --help` for what goes with what',
  });
}
