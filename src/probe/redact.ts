import { isRecord } from '../gemini/json-body.ts';
import { isProbeName } from './names.ts';

const GONE = 'redacted';

/** What says something of an account, wherever it stands in a text. */
const ACCOUNTS: readonly (readonly [shape: RegExp, replacement: string])[] = [
  [/\bprojects?\/[\w-]+/g, `projects/${GONE}`],
  [/([?&]project=)[\w-]+/g, `$1${GONE}`],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, GONE],
];

/** Query parameters that are capabilities or tell what lies beside our own jobs. */
const SECRET_PARAMETERS: readonly string[] = ['key', 'upload_id', 'pageToken'];

export function redactPath(url: URL): string {
  const shown = new URL(url);
  for (const name of SECRET_PARAMETERS) {
    if (shown.searchParams.has(name)) shown.searchParams.set(name, GONE);
  }
  return `${shown.pathname}${shown.search}`;
}

/** Removes account identifiers, page tokens, and everything of files and jobs that no probe made. */
export function redactBody(value: unknown, within = ''): unknown {
  if (typeof value === 'string') return redactText(value, within);
  if (Array.isArray(value)) {
    const isListing = within === '/operations' || within === '/files';
    return value.map((entry) =>
      isListing && !isOurs(entry) ? strangerOf(entry) : redactBody(entry, within),
    );
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'nextPageToken' && member !== '' ? GONE : redactBody(member, `${within}/${name}`),
    ]),
  );
}

function redactText(text: string, within: string): string {
  let clean = text;
  for (const [shape, replacement] of ACCOUNTS) clean = clean.replaceAll(shape, replacement);
  // Errors name projects by their bare number.
  const isProse = within.startsWith('/error') && !/^\d+$/.test(clean);
  return isProse ? clean.replaceAll(/\b\d{6,}\b/g, '0') : clean;
}

function isOurs(entry: unknown): boolean {
  if (!isRecord(entry)) return false;
  const { name, metadata } = entry;
  const displayName = isRecord(metadata) ? metadata['displayName'] : undefined;
  return [displayName, typeof name === 'string' ? name.replace(/^files\//, '') : undefined].some(
    (text) => typeof text === 'string' && isProbeName(text),
  );
}

/** That it was there, its age and its state are all that is kept of somebody else's. */
function strangerOf(entry: unknown): unknown {
  const metadata = isRecord(entry) && isRecord(entry['metadata']) ? entry['metadata'] : {};
  const { state, createTime } = metadata;
  return { name: GONE, metadata: { state, createTime } };
}
