/** What else finds passages, over the same passages: PostgreSQL's full text search, as it is offered first and as well as it can, and `minisearch`. */
import { PGlite } from '@electric-sql/pglite';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import MiniSearch from 'minisearch';

export interface PeerPassage {
  id: string;
  text: string;
}

/** Finds passages, best first, by id. */
export type Peer = (question: string) => Promise<string[]> | string[];

export function minisearchPeer(passages: readonly PeerPassage[]): Peer {
  const index = new MiniSearch<PeerPassage>({ fields: ['text'] });
  index.addAll(passages);
  return (question) =>
    index
      .search(question)
      .slice(0, 50)
      .map(({ id }) => String(id));
}

/** @param every all words have to be there (`websearch_to_tsquery`), or any of them. */
export async function postgresPeer(
  passages: readonly PeerPassage[],
  language: 'es' | 'en',
  every: boolean,
): Promise<{ find: Peer; close(): Promise<void> }> {
  const database = await PGlite.create({ extensions: { unaccent } });
  const base = language === 'es' ? 'spanish' : 'english';
  const stem = `${base}_stem`;
  await database.exec(`
    CREATE EXTENSION unaccent;
    CREATE TEXT SEARCH CONFIGURATION plain (COPY = ${base});
    ALTER TEXT SEARCH CONFIGURATION plain ALTER MAPPING FOR hword, hword_part, word WITH unaccent, ${stem};
    CREATE TABLE passages (id text PRIMARY KEY, words tsvector);
    CREATE INDEX ON passages USING gin (words)`);
  for (const { id, text } of passages)
    await database.query(`INSERT INTO passages VALUES ($1, to_tsvector('plain', $2))`, [id, text.replaceAll('\0', ' ')]);
  const any = `(SELECT COALESCE(string_agg(quote_literal(lexeme), ' | '), '')::tsquery FROM unnest(to_tsvector('plain', $1)))`;
  const query = every ? `websearch_to_tsquery('plain', $1)` : any;
  const rank = every ? 'ts_rank_cd(words, q)' : 'ts_rank(words, q, 1)';
  const statement = `SELECT id FROM passages, ${query.startsWith('(') ? `LATERAL ${query}` : query} AS q${query.startsWith('(') ? '(q)' : ''} WHERE words @@ q ORDER BY ${rank} DESC, id LIMIT 50`;
  return {
    find: async (question) => (await database.query<{ id: string }>(statement, [question])).rows.map(({ id }) => id),
    close: () => database.close(),
  };
}
