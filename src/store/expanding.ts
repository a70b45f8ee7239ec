/**
 * Migrations of an update run while the version before it still serves. So they expand: what that version reads and writes stays possible. What it needs
 * no longer is taken away by a migration of a later version, a contraction, whose file begins with `-- contracts: <version>`, the last one that used it.
 */

interface Fault {
  /** The statement, shortened. */
  statement: string;
  why: string;
}

const refusals: readonly (readonly [RegExp, string])[] = [
  [/^DROP (TABLE|VIEW|MATERIALIZED VIEW|TYPE|SCHEMA|SEQUENCE|FUNCTION)\b/i, 'the version before still uses it'],
  [/^TRUNCATE\b/i, 'the version before loses its rows'],
  [
    /^ALTER TABLE .*\bDROP (COLUMN\b|(?!CONSTRAINT|DEFAULT|NOT NULL|EXPRESSION|IDENTITY)\S)/is,
    'the version before reads and writes the column',
  ],
  [/^ALTER (TABLE|VIEW|TYPE|SEQUENCE|INDEX) .*\bRENAME\b/is, 'the version before knows the former name'],
  [/^ALTER TABLE .*\bALTER (COLUMN )?\S+ (SET DATA )?TYPE\b/is, 'the version before writes the former type'],
  [/^ALTER TABLE .*\bALTER (COLUMN )?\S+ SET NOT NULL\b/is, 'the version before may write rows without it'],
  [
    /^ALTER TABLE .*\bADD (COLUMN )?(IF NOT EXISTS )?"?\w+"? [^,;]*\bNOT NULL\b(?![^,;]*\b(DEFAULT|GENERATED)\b)(?<!\b(DEFAULT|GENERATED)\b[^,;]*)/is,
    'the version before writes rows without it: give it a DEFAULT',
  ],
  [/^DELETE FROM\b/i, 'the version before may need the rows'],
];

/** What of a migration the version before would suffer from. Tables that the same file makes are its own. */
export function expansionFaults(sql: string): Fault[] {
  if (/^\s*-- contracts: \d+\.\d+\.\d+\s*$/m.test(sql.split('\n', 1)[0] ?? '')) return [];
  const statements = statementsOf(sql);
  const own = new Set(
    statements.flatMap((each) => /^CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?"?(\w+)"?/i.exec(each)?.[1] ?? []),
  );
  return statements.flatMap((statement) => {
    const table = /^(?:ALTER|DROP|TRUNCATE)(?: TABLE)?(?: IF EXISTS)?(?: ONLY)? "?(\w+)"?/i.exec(statement)?.[1];
    if (table !== undefined && own.has(table)) return [];
    return refusals
      .filter(([pattern]) => pattern.test(statement))
      .slice(0, 1)
      .map(([, why]) => ({ statement: statement.slice(0, 120), why }));
  });
}

/** Statements without comments, texts and bodies of functions, which may hold anything. */
function statementsOf(sql: string): string[] {
  return sql
    .replaceAll(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
    .replaceAll(/'(?:[^']|'')*'/g, "''")
    .replaceAll(/--[^\n]*/g, '')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .split(';')
    .map((statement) => statement.trim().replaceAll(/\s+/g, ' '))
    .filter((statement) => statement !== '');
}
