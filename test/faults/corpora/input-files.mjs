import { gzipSync } from 'node:zlib';
import { LINE, second, SECRET } from './input-tools.mjs';

const GOOD = `${LINE}\n${LINE}\n`;
const bytes = (hex) => Buffer.from(hex, 'hex');
const foreign = (id, content, says) => second(`file: ${id}`, content, 'fails', says);
const fails = (id, content, says) => second(`file: ${id}`, content, 'fails', says);
const taken = (id, content) => second(`file: ${id}`, content, 'taken');

/** Files that are wrong as a whole. @type {readonly import('./input-tools.mjs').InputCase[]} */
export const INPUT_FILES = [
  second('file: empty', '', 'stopped', /it is empty/),
  fails('one line end', '\n', /the file holds no request/),
  fails('only line ends', '\n'.repeat(5000), /the file holds no request/),
  fails('only CRLF', '\r\n'.repeat(50), /the file holds no request/),
  fails('only spaces', ' '.repeat(5000), /the file holds no request/),
  fails('one zero byte', Buffer.alloc(1), /NUL|not valid JSON/),
  fails('zero bytes', Buffer.alloc(100_000), /line 1 holds a NUL byte/),
  fails(
    'zero bytes at the end',
    Buffer.concat([Buffer.from(GOOD), Buffer.alloc(512)]),
    /line 3 holds a NUL byte/,
  ),
  fails('a byte order mark', `\ufeff${GOOD}`, /line 1 begins with a byte-order mark/),
  fails('only a byte order mark', '\ufeff', /byte-order mark/),
  foreign('UTF-16, little end', Buffer.from(`\ufeff${GOOD}`, 'utf16le'), /is UTF-16 text/),
  foreign('UTF-16, big end', Buffer.from(`\ufeff${GOOD}`, 'utf16le').swap16(), /is UTF-16 text/),
  fails('UTF-16 without a mark', Buffer.from(GOOD, 'utf16le'), /NUL|not valid/),
  foreign('UTF-32', Buffer.concat([bytes('fffe0000'), Buffer.alloc(100)]), /is UTF-16 text|not valid/),
  foreign('gzip', gzipSync(GOOD), /is compressed with gzip/),
  foreign('zstd', Buffer.concat([bytes('28b52ffd'), Buffer.alloc(60, 7)]), /is compressed with zstd/),
  foreign('zip', Buffer.concat([bytes('504b030414000000'), Buffer.alloc(60, 7)]), /is a zip archive/),
  foreign('PDF', '%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n', /is a PDF document/),
  fails('an empty zip', Buffer.concat([bytes('504b0506'), Buffer.alloc(18)]), /NUL|not valid/),
  fails('bzip2', Buffer.concat([bytes('425a6839314159265359'), Buffer.alloc(60, 0xc1)]), /not valid/),
  fails('xz', Buffer.concat([bytes('fd377a585a00'), Buffer.alloc(60, 0xc1)]), /not valid/),
  fails('PNG', Buffer.concat([bytes('89504e470d0a1a0a'), Buffer.alloc(60)]), /not valid/),
  fails('SQLite', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(600)]), /NUL|not valid/),
  fails('Parquet', Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(60, 0x15)]), /not valid/),
  fails('a program', Buffer.concat([bytes('7f454c46020101'), Buffer.alloc(60)]), /NUL|not valid/),
  fails('HTML', `<!doctype html>\n<title>${SECRET}</title>\n`, /line 1 is not valid JSON/),
  fails('XML', `<?xml version="1.0"?>\n<a>${SECRET}</a>\n`, /line 1 is not valid JSON/),
  fails('CSV', `key,prompt\n1,${SECRET}\n`, /line 1 is not valid JSON/),
  fails('YAML', `- key: 1\n  prompt: ${SECRET}\n`, /line 1 is not valid JSON/),
  fails(
    'a Git LFS pointer',
    'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n',
    /not valid JSON/,
  ),
  fails('pretty JSON', JSON.stringify(JSON.parse(LINE), undefined, 2), /line 1 is not valid JSON/),
  fails('one JSON list over many lines', `[\n${LINE},\n${LINE}\n]\n`, /line 1 is not valid JSON/),
  fails('one JSON list in one line', `[${LINE},${LINE}]\n`, /line 1 is not a JSON object/),
  fails('old Mac line ends', `${LINE}\r${LINE}\r`, /line 1 is not valid JSON/),
  fails('only bad lines', `{"${SECRET}\n`.repeat(3000), /and 2999 more/),
  fails('a bad first line', `{\n${GOOD}`, /line 1 is not valid JSON/),
  fails('a bad last line', `${GOOD}{`, /line 3 is not valid JSON/),
  fails('merge markers', `<<<<<<< HEAD\n${GOOD}=======\n${GOOD}>>>>>>> ${SECRET}\n`, /line 1/),
  fails('cut in the middle', GOOD.slice(0, -30), /line 2 is not valid JSON: it ends too early/),
  fails(
    'random bytes',
    Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 131 + 89) % 253)),
    /line \d+/,
  ),
  taken('no final newline', GOOD.trimEnd()),
  taken('CRLF', GOOD.replaceAll('\n', '\r\n')),
  taken('blank lines', `\n\n${LINE}\n\n${LINE}\n\n\n`),
  taken('a blank line of 1 MB', `${LINE}\n${' '.repeat(1024 * 1024)}\n`),
  taken('one line', LINE),
  taken('mixed line ends', `${LINE}\r\n${LINE}\n${LINE}\r\n`),
  taken('the content of batch 1', 'SAME'),
];
