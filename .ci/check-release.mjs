// `node .ci/check-release.mjs v1.2.3 [--tools]`: refuses to release what is not ready. With --tools it also asks whether
// this Node and this npm can publish without a token.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const [, , tag = '', ...flags] = process.argv;
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const problems = [];

if (tag !== `v${manifest.version}`) {
  problems.push(
    `the tag is "${tag}", and package.json says ${manifest.version}: tag it v${manifest.version}`,
  );
}

const sections = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m).slice(1);
const section = sections.find((text) => text.startsWith(`[${manifest.version}] - `));
if (section === undefined) {
  problems.push(`CHANGELOG.md has no section "## [${manifest.version}] - <date>": rename [Unreleased]`);
} else if (!/^- /m.test(section)) {
  problems.push(`the section of ${manifest.version} in CHANGELOG.md has no entry: say what a user sees`);
}

// npm compares it with the repository that the workflow ran in.
if (manifest.repository === undefined) {
  problems.push('package.json has no "repository", which provenance needs: name this one');
}

if (flags.includes('--tools')) {
  const npm = execFileSync('npm', ['--version'], { encoding: 'utf8' }).trim();
  if (!isAtLeast(process.versions.node, [22, 14, 0]))
    problems.push(`Node is ${process.version}: take 22.14 or newer`);
  if (!isAtLeast(npm, [11, 5, 1])) problems.push(`npm is ${npm}: take 11.5.1 or newer`);
}

for (const problem of problems) console.error(`error: Cannot release: ${problem}`);
if (problems.length === 0) console.log(`${manifest.name} ${manifest.version} can be released`);
process.exitCode = problems.length === 0 ? 0 : 1;

function isAtLeast(version, least) {
  const parts = version.split('.').map(Number);
  const at = parts.findIndex((part, place) => part !== least[place]);
  return at < 0 || parts[at] > least[at];
}
