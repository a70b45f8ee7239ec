import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expansionFaults } from './expanding.ts';

const root = new URL('../../', import.meta.url).pathname;
/** The last ones before anybody had two versions beside each other. */
const lastBefore: Readonly<Record<string, number>> = { core: 43, booking: 3, hotel: 4, tutor: 3, coder: 1 };

function migrations(): { owner: string; file: string; sql: string }[] {
  const agents = readdirSync(join(root, 'agents'));
  const folders = [['core', 'src/store/migrations'], ...agents.map((agent) => [agent, `agents/${agent}/migrations`])] as const;
  return folders.flatMap(([owner = '', folder = '']) => {
    let files: string[] = [];
    try {
      files = readdirSync(join(root, folder));
    } catch {
      // An agent without tables.
    }
    return files
      .filter((file) => /^\d{4}_.*\.sql$/.test(file) && Number(file.slice(0, 4)) > (lastBefore[owner] ?? 0))
      .map((file) => ({ owner, file, sql: readFileSync(join(root, folder, file), 'utf8') }));
  });
}

describe('migrations of an update', () => {
  it('expand: the version before goes on with the new schema', () => {
    const faults = migrations().flatMap(({ owner, file, sql }) =>
      expansionFaults(sql).map(({ statement, why }) => `${owner}/${file}: ${statement} (${why})`),
    );
    expect(faults).toEqual([]);
  });

  it.each([
    ['DROP TABLE runs;'],
    ['ALTER TABLE runs DROP COLUMN text;'],
    ['ALTER TABLE runs DROP "text";'],
    ['ALTER TABLE runs RENAME COLUMN a TO b;'],
    ['ALTER TABLE runs RENAME TO walks;'],
    ['ALTER TABLE runs ALTER COLUMN n TYPE bigint;'],
    ['ALTER TABLE runs ALTER n SET NOT NULL;'],
    ['ALTER TABLE runs ADD COLUMN n integer NOT NULL;'],
    ['ALTER TABLE runs\n  ADD COLUMN a text,\n  ADD COLUMN b text NOT NULL;'],
    ['TRUNCATE runs;'],
    ['DELETE FROM runs;'],
    ["COMMENT ON TABLE a IS 'x'; DROP VIEW b;"],
    ['-- contracts: soon\nDROP TABLE a;'],
  ])('are refused with %s', (sql) => {
    expect(expansionFaults(sql)).toHaveLength(1);
  });

  it.each([
    ['CREATE TABLE a (n integer NOT NULL); ALTER TABLE a RENAME COLUMN n TO m;'],
    ['ALTER TABLE runs ADD COLUMN n integer;'],
    ["ALTER TABLE runs ADD COLUMN n text NOT NULL DEFAULT 'x';"],
    ["ALTER TABLE runs ADD COLUMN n text DEFAULT 'x' NOT NULL;"],
    ['ALTER TABLE runs ADD COLUMN n integer GENERATED ALWAYS AS (1) STORED NOT NULL;'],
    ['ALTER TABLE runs DROP CONSTRAINT c;'],
    ['ALTER TABLE runs ALTER COLUMN n DROP NOT NULL;'],
    ['ALTER TABLE runs ALTER COLUMN n DROP DEFAULT;'],
    ["INSERT INTO a VALUES ('DROP TABLE b; DELETE FROM c');"],
    ['CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $x$ DELETE FROM a; $x$;'],
    ['-- contracts: 0.2.0\nDROP TABLE a;'],
    ['CREATE INDEX i ON runs (n);'],
  ])('are taken with %s', (sql) => {
    expect(expansionFaults(sql)).toEqual([]);
  });
});
