import { fileURLToPath } from 'node:url';

/** The path of a program that is measured: `scripts/<name>.mjs`. */
export function script(name) {
  return fileURLToPath(new URL(`scripts/${name}.mjs`, import.meta.url));
}
