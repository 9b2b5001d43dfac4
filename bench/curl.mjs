import { spawnSync } from 'node:child_process';

const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** The program as a list of one, or of none where curl is missing. */
export function curl(name, args, prepare) {
  const all = ['--silent', '--show-error', '--fail', ...args];
  return hasCurl ? [{ name, command: 'curl', args: all, prepare }] : [];
}

export function withoutCurl(measure) {
  const note = 'not measured: curl is not installed';
  return { measure, against: 'curl', theirs: '', ours: '', note };
}
