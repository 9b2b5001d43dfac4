import type { Database } from './database.ts';
import { PAIRS_TABLE } from './preset.ts';

/**
 * Rows whose item of the prompt has an id that may be a number within its prompt: `pair_id` or `id`, and no `qa_id`.
 * They carry the item until it is known whether the id says more.
 */
const DOUBTFUL = `${PAIRS_TABLE}.qa_id IS NOT NULL AND ${PAIRS_TABLE}.source IS NOT NULL`;
const SURE = `${PAIRS_TABLE}.qa_id IS NOT NULL AND ${PAIRS_TABLE}.source IS NULL`;
const QUESTION = `json_extract(${PAIRS_TABLE}.source, '$.question')`;

/**
 * Takes doubtful ids for ids of originals when each of them stands for one question everywhere, and else none of
 * them: a pair must never stand beside the original of another.
 */
export function settleMade(database: Database): void {
  const contradictions = database.value(`SELECT EXISTS (
      SELECT 1 FROM ${PAIRS_TABLE} WHERE ${DOUBTFUL}
      GROUP BY qa_id HAVING count(DISTINCT ${QUESTION}) <> 1 OR count(${QUESTION}) <> count(*)
    ) OR EXISTS (
      SELECT 1 FROM ${PAIRS_TABLE} JOIN qa_pairs q ON q.qa_id = ${PAIRS_TABLE}.qa_id
      WHERE ${DOUBTFUL} AND q.question IS NOT ${QUESTION}
    )`);
  if (contradictions !== 0) {
    database.exec(`UPDATE ${PAIRS_TABLE} SET qa_id = NULL WHERE ${DOUBTFUL}`);
    return;
  }
  const member = (name: string): string => `json_extract(source, '$.${name}')`;
  const indicator = `coalesce(${['indicator_id', 'indicator_name', 'indicator'].map(member).join(', ')})`;
  database.exec(`INSERT OR IGNORE INTO qa_pairs
    SELECT qa_id, ${indicator}, ${['pair_number', 'question', 'answer', 'topic'].map(member).join(', ')}
    FROM ${PAIRS_TABLE} WHERE ${DOUBTFUL} ORDER BY place`);
  database.exec(`UPDATE ${PAIRS_TABLE} SET source = NULL WHERE ${DOUBTFUL}`);
}

/**
 * Finds the originals in the user's `qa_pairs`, which are attached as `given`: a sure id must be there, and with a
 * doubtful one the question must be the same. The item of the prompt is kept where nothing was found.
 */
export function settleGiven(database: Database): void {
  const found = `FROM given.qa_pairs g WHERE g.qa_id = ${PAIRS_TABLE}.qa_id`;
  const members = ['qa_id', 'indicator_id', 'pair_number', 'question', 'answer', 'topic'];
  const item = `SELECT json_object(${members.map((name) => `'${name}', q.${name}`).join(', ')})
    FROM qa_pairs q WHERE q.qa_id = ${PAIRS_TABLE}.qa_id`;
  database.exec(`UPDATE ${PAIRS_TABLE} SET source = (${item}), qa_id = NULL
    WHERE ${SURE} AND NOT EXISTS (SELECT 1 ${found})`);
  // The user's own value, so that a number stays one where the prompt had it as text.
  database.exec(`UPDATE ${PAIRS_TABLE} SET qa_id = (SELECT g.qa_id ${found}) WHERE ${SURE}`);
  const isSame = `EXISTS (SELECT 1 ${found} AND g.question = ${QUESTION})`;
  database.exec(`UPDATE ${PAIRS_TABLE} SET qa_id = (SELECT g.qa_id ${found}), source = NULL
    WHERE ${DOUBTFUL} AND ${isSame}`);
  database.exec(`UPDATE ${PAIRS_TABLE} SET qa_id = NULL WHERE ${DOUBTFUL}`);
}

/** Where the user has indicators and no pairs: a pair that is made may only name one that is there. */
export function settleIndicators(database: Database): void {
  const found = 'FROM given.indicators g WHERE g.indicator_id = qa_pairs.indicator_id';
  database.exec(`UPDATE qa_pairs SET indicator_id = (SELECT g.indicator_id ${found})`);
}
