import { ok, problem, warning, type Check } from './check.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const LEAST_NODE = [20, 19] as const;

/** @param version as Node spells it: `v20.19.0` */
export function checkNode(version: string, platform: string): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isEnough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  const fact = `${version} on ${platform}`;
  return isEnough
    ? ok('node', fact)
    : problem('node', `${fact}, and ${LEAST_NODE.join('.')} is needed`, 'install a newer Node.js');
}

const GOOGLE = 'https://generativelanguage.googleapis.com';

/** Whoever is at the address is sent the key. */
export function checkAddress(baseUrl: string): Check {
  if (baseUrl === GOOGLE) return ok('address', baseUrl);
  const { protocol, hostname } = new URL(baseUrl);
  if (protocol === 'http:') return ok('address', `${baseUrl}, on this machine: an emulator or a gateway`);
  return warning(
    'address',
    `the key and the requests go to ${hostname}, which is not Google's own address`,
    'if that is not meant, unset BATCH_SUBMIT_BASE_URL and leave `--base-url` out',
  );
}

/** Node believes any certificate when it is told to, and the key would go to whoever holds the wire. */
export function checkCertificates(env: Environment): Check {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    return problem(
      'certificates',
      'NODE_TLS_REJECT_UNAUTHORIZED=0 turns their check off, so that no key is sent',
      'unset it; behind a proxy of your company, name its certificate with NODE_EXTRA_CA_CERTS=<file>',
      'E_CONFIG',
    );
  }
  const more = env['NODE_EXTRA_CA_CERTS'] ?? '';
  return ok('certificates', more === '' ? 'checked' : 'checked, with more of them from NODE_EXTRA_CA_CERTS');
}

const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'] as const;

/** A proxy's address may hold a password, so it is not repeated. */
export function checkProxy(env: Environment, baseUrl: string): Check {
  const named = PROXY_VARIABLES.find((variable) => (env[variable] ?? '') !== '');
  if (named === undefined || baseUrl.startsWith('http:')) return ok('proxy', 'none');
  return warning(
    'proxy',
    `${named} is set, and not used: requests go out directly`,
    'where only the proxy may go out, ask for a gateway with https and name it with BATCH_SUBMIT_BASE_URL',
  );
}
