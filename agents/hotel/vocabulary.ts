/** The house's own words: hotels and room types, as guests call them. */
import { sql } from '../../src/database.ts';
import type { Vocabulary, WorkspaceAccess } from '../../src/index.ts';

interface Row extends Record<string, unknown> {
  kind: 'hotel' | 'type';
  id: string;
  name: string;
  aliases: string[];
}

/** One statement: flows ask for it before each message. */
export async function loadVocabulary({ workspaceId, query }: WorkspaceAccess): Promise<Vocabulary> {
  const { rows } = await query((database) =>
    database.execute<Row>(sql`
      SELECT 'hotel' AS kind, id, name, aliases, 0 AS position FROM hotel_hotels WHERE workspace_id = ${workspaceId}
      UNION ALL
      SELECT 'type', id, name, aliases, position FROM hotel_room_types WHERE workspace_id = ${workspaceId}
      ORDER BY 1, 5, 3`),
  );
  const named = (wanted: Row['kind']): Vocabulary[string] =>
    rows.filter(({ kind }) => kind === wanted).map(({ id, name, aliases }) => ({ id, name, aliases }));
  // Types of the same name in two hotels are one word.
  const types = [...new Map(named('type').map((type) => [type.name, type])).values()];
  return { hotels: named('hotel'), types };
}
