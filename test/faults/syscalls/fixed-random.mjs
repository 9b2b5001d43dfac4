import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

// Loaded before a traced program. Temporary files then have names that can be told beforehand, so that
// a fault is aimed by path. One writer renames its temporary file before it makes the next, so they
// never meet; what the program does is the same.
crypto.randomBytes = (size) => Buffer.alloc(size, 0xfa);
syncBuiltinESMExports();
