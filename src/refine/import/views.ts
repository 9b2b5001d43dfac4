import { PAIRS_TABLE } from './preset.ts';
import { quoteName } from './database.ts';

/** Which columns of the originals can be named: all of ours, and of the user's those that they have. */
export interface OriginalColumns {
  readonly pairs: ReadonlySet<string>;
  readonly indicators: ReadonlySet<string>;
}

/** The views over refined pairs and their originals. A view is never behind what it shows. */
export function pairViews(columns: OriginalColumns): readonly string[] {
  const ofPair = (name: string): string =>
    columns.pairs.has(name)
      ? `coalesce(q.${name}, json_extract(r.source, '$.${name}')) AS ${name}`
      : `json_extract(r.source, '$.${name}') AS ${name}`;
  const hasIndicators = columns.indicators.has('indicator_id') && columns.pairs.has('indicator_id');
  const indicatorName =
    hasIndicators && columns.indicators.has('indicator_name')
      ? `(SELECT i.indicator_name FROM indicators i WHERE i.indicator_id = p.indicator_id)`
      : 'NULL';
  const measures = [
    `count(*) AS imported`,
    `sum(p.duplicate_of IS NOT NULL) AS duplicates`,
    `sum(p.is_embedded) AS embedded`,
    `round(avg(p.quality_score), 6) AS mean_quality`,
  ].join(',\n    ');
  const placed = `SELECT ${['indicator_id', 'topic'].map(ofPair).join(', ')},
    r.duplicate_of, r.quality_score, r.embedding IS NOT NULL AS is_embedded
    FROM ${PAIRS_TABLE} r LEFT JOIN qa_pairs q ON q.qa_id = r.qa_id`;
  return [
    `CREATE VIEW pairs AS
  SELECT r.record_id, r.qa_id, ${['indicator_id', 'pair_number', 'topic', 'question', 'answer'].map(ofPair).join(', ')},
    r.refined_question, r.refined_answer, r.quality_score, r.improvements_made, r.flags, r.batch, r.line, r.embedding
  FROM ${PAIRS_TABLE} r LEFT JOIN qa_pairs q ON q.qa_id = r.qa_id
  WHERE r.duplicate_of IS NULL
  ORDER BY r.place`,
    `CREATE VIEW import_statistics AS
  ${totals(`(SELECT avg(quality_score) FROM ${PAIRS_TABLE})`)}
  UNION ALL
  SELECT 'indicator', coalesce(${indicatorName}, p.indicator_id), NULL, NULL, NULL, NULL, NULL, NULL,
    ${measures}
  FROM (${placed}) p WHERE p.indicator_id IS NOT NULL GROUP BY p.indicator_id
  UNION ALL
  SELECT 'topic', p.topic, NULL, NULL, NULL, NULL, NULL, NULL,
    ${measures}
  FROM (${placed}) p WHERE p.topic IS NOT NULL GROUP BY p.topic`,
  ];
}

/** The same for records of another kind, of which only the whole can be told. */
export function recordViews(): readonly string[] {
  return [`CREATE VIEW import_statistics AS\n  ${totals('NULL')}`];
}

/** Requests are told by what was parsed, so that they add up where a batch is not known in every detail. */
function totals(meanQuality: string): string {
  const told = (name: string): string =>
    `(SELECT CAST(value AS INTEGER) FROM import_info WHERE name = '${name}')`;
  return `SELECT 'total' AS scope, NULL AS name,
    ${['planned', 'parsed', 'unparsable', 'without'].map((name) => `${told(name)} AS ${name}`).join(', ')},
    sum(records) AS records, sum(held_back) AS held_back, sum(imported) AS imported, sum(duplicates) AS duplicates,
    sum(embedded) AS embedded, round(${meanQuality}, 6) AS mean_quality
  FROM batch_imports`;
}

/** Built last: a row that is added costs more with each index that is there. */
export function indexesOf(table: string): readonly string[] {
  const isPairs = table === PAIRS_TABLE;
  const on = (name: string, columns: string): string =>
    `CREATE INDEX ${quoteName(`${table}_${name}`)} ON ${quoteName(table)} (${columns})`;
  return [
    `CREATE UNIQUE INDEX ${quoteName(`${table}_record_id`)} ON ${quoteName(table)} (record_id)`,
    ...(isPairs ? [on('qa_id', 'qa_id')] : []),
  ];
}
