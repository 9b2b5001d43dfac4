type Environment = Readonly<Record<string, string | undefined>>;

/** What a program needs to run at all, to find its certificates, and to pass a company's proxy. */
const NAMES: ReadonlySet<string> = new Set(
  [
    'PATH HOME USER LOGNAME SHELL TERM LANG LANGUAGE TZ TMPDIR TMP TEMP',
    'HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR',
    // Windows starts nothing without these.
    'PATHEXT COMSPEC SYSTEMROOT SYSTEMDRIVE WINDIR APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES',
    'PROGRAMFILES(X86) PROGRAMW6432 USERNAME USERPROFILE HOMEDRIVE HOMEPATH',
  ].flatMap((names) => names.split(' ')),
);

/** What such servers read their own settings from. */
const PREFIXES = /^(?:GEMINI|GOOGLE|MCP|XDG|LC)_/;

/** The variables that name an API key. */
const KEYS: ReadonlySet<string> = new Set(['GEMINI_API_KEY', 'GOOGLE_API_KEY']);

/**
 * What the server is given of the environment: a list of names, so that no other secret of the user's
 * reaches it. With a key of ours it gets that one alone, wherever it was found: a server that worked for
 * another project would make jobs that no look-up here can find.
 */
export function serverEnvironment(environment: Environment, apiKey: string | undefined): Environment {
  const passed = Object.entries(environment).filter(([name]) => {
    const upper = name.toUpperCase();
    if (apiKey !== undefined && KEYS.has(upper)) return false;
    return NAMES.has(upper) || PREFIXES.test(upper);
  });
  return { ...Object.fromEntries(passed), ...(apiKey === undefined ? {} : { GEMINI_API_KEY: apiKey }) };
}
