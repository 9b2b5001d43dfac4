import { SETTINGS } from '../../config/settings-table.ts';
import { optionOf, variableOf } from '../../config/setting.ts';
import type { Settings } from '../../config/settings.ts';
import type { Body } from '../../documents/body.ts';
import type { SettingsDocument } from '../../documents/inspect.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { formatDuration } from '../../model/units.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { withDesk, type Desk } from '../desk.ts';

/** `batch-submit config`: each setting, its value and where that came from. The key is never shown. */
export const configCommand: CommandHandler = (invocation) => withDesk(invocation, showConfig);

async function showConfig(desk: Desk): Promise<number> {
  const { settings, printer } = desk;
  const rows = SETTINGS.map(({ name, kind }) => {
    const property = `${optionOf(name)}${kind === 'duration' ? 'Ms' : ''}`;
    const value = settings.settings[property as keyof Settings]; // the table's names and the type's agree; a test compares them
    const shown =
      value === undefined ? '' : kind === 'duration' ? formatDuration(Number(value)) : String(value);
    return { setting: name, variable: variableOf(name), value: shown, origin: settings.origins[name].text };
  });
  const [nameWidth, valueWidth] = [
    longest(rows.map((row) => row.setting)),
    longest(rows.map((row) => row.value)),
  ];
  const key = await keyOrigin(desk);
  const keyLine = key.origin === null ? `none: ${key.problem}` : `from ${key.origin}`;
  printer.result({
    lines: [
      ...rows.map(
        (row) => `${row.setting.padEnd(nameWidth)}   ${row.value.padEnd(valueWidth)}   ${row.origin}`,
      ),
      '',
      `API key: ${keyLine}`,
    ],
    records: rows.map((row) => [row.setting, row.value, row.origin]),
    json: { settings: rows, apiKey: key } satisfies Body<SettingsDocument>,
  });
  return EXIT.ok;
}

/** Where the key would come from; the key itself is nobody's to see. */
async function keyOrigin({ settings, apiKey }: Desk): Promise<SettingsDocument['apiKey']> {
  // Whatever waits on standard input is for the command that uses it.
  if (settings.settings.apiKeyFile === '-') return { origin: 'standard input', problem: null };
  try {
    return { origin: (await apiKey()).origin, problem: null };
  } catch (error) {
    if (!(error instanceof BatchSubmitError)) throw error;
    return { origin: null, problem: error.message.replace(/^[^:]*: /, '') };
  }
}

function longest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}
