import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

// The long-lived side of `warm.mjs`: runs the packed program's own `main` for one command line at a time.
const [dist] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(`${dist}/${name}`).href);
const [{ main }, { processIo }] = await Promise.all([load('cli/main.js'), load('cli/process-io.js')]);
const real = processIo();

async function runOnce({ args, folder, env }) {
  let output = '';
  const stream = () =>
    new Writable({
      write(chunk, _encoding, done) {
        output += chunk;
        done();
      },
    });
  process.chdir(folder);
  const code = await main({
    ...real,
    argv: args,
    env,
    stdout: stream(),
    stderr: stream(),
    onSignal: () => () => undefined,
  });
  process.send({ code, output });
}

process.on('message', (question) => void runOnce(question));
process.send('ready');
