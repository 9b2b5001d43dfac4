import { auditResult } from '../../dist/audit/audit-result.js';
import { countAudit } from '../../dist/audit/count-audit.js';
import { readExpectedRows } from '../../dist/audit/expected-rows.js';

const [, , requests, results] = process.argv;
const expected = await readExpectedRows(requests, undefined);
const audited = await auditResult(results, expected, undefined);
const { answered } = countAudit(audited, { status: 'collected', attempt: 1 }, undefined);
if (answered !== expected.count) process.exitCode = 1;
