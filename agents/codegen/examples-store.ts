/** Approved code with the request that it was made for: found again by words, and always shown with its source. */
import { sql } from '../../src/database.ts';
import type { WorkspaceAccess } from '../../src/index.ts';

type Access = Pick<WorkspaceAccess, 'workspaceId' | 'query' | 'now' | 'newId'>;

export interface Example extends Record<string, unknown> {
  request: string;
  /** A commit, or a file of a folder. */
  source: string;
  path: string;
  content: string;
}

/** Characters of an example. */
export const longestExample = 20_000;
const mostLooked = 1_000;
const mostFound = 3;

const stops =
  /^(?:a|an|the|and|or|of|to|in|for|with|that|it|is|un|una|el|la|los|las|y|o|de|del|en|para|con|que|create|make|build|write|generate|implement|add|crea|creame|hace|haceme|haz|escribe|escribi|genera|function|funcion|class|clase|module|modulo|code|codigo|simple|please|por|favor)$/;

export function wordsOf(text: string): Set<string> {
  const folded = text
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase();
  const words = folded.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 1 && !stops.test(word));
  return new Set(words.map((word) => (word.length > 4 ? word.replace(/(?:ciones|cion|tion|ing|ed|es|s)$/, '') : word)));
}

/** Up to three whose request or path has half of the words; of equal ones the latest. */
export async function findExamples(
  { workspaceId, query }: Pick<Access, 'workspaceId' | 'query'>,
  request: string,
): Promise<Example[]> {
  const wanted = wordsOf(request);
  if (wanted.size === 0) return [];
  const { rows } = await query((database) =>
    database.execute<Example>(sql`
      SELECT request, source, path, content FROM codegen_examples WHERE workspace_id = ${workspaceId} ORDER BY created_at DESC, id DESC LIMIT ${mostLooked}`),
  );
  return rows
    .map((row, position) => {
      const has = wordsOf(`${row.request} ${row.path}`);
      const shared = [...wanted].filter((word) => has.has(word)).length;
      return { row, position, share: shared / wanted.size, score: shared / Math.sqrt(wanted.size * Math.max(1, has.size)) };
    })
    .filter(({ share }) => share >= 0.5)
    .sort((one, other) => other.score - one.score || one.position - other.position)
    .slice(0, mostFound)
    .map(({ row }) => row);
}

/** Stores examples; one of the same source and path takes the place of the other. */
export async function addExamples(
  { workspaceId, query, now, newId }: Access,
  examples: readonly (Example & { generation?: string; conversation?: string })[],
): Promise<number> {
  const rows = examples
    .filter(({ content }) => content.length <= longestExample && !content.includes('\0') && content.isWellFormed())
    .map((example) => ({
      ...example,
      id: newId(),
      generation: example.generation ?? null,
      conversation: example.conversation ?? null,
    }));
  if (rows.length === 0) return 0;
  await query((database) =>
    database.execute(sql`
      INSERT INTO codegen_examples (workspace_id, id, request, source, path, content, generation_id, conversation_id, created_at)
      SELECT ${workspaceId}, e.id, e.request, e.source, e.path, e.content, e.generation, e.conversation, ${now().toISOString()}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS e(id uuid, request text, source text, path text, content text, generation uuid, conversation uuid)
      ON CONFLICT (workspace_id, source, path) DO UPDATE SET request = excluded.request, content = excluded.content`),
  );
  return rows.length;
}

/** What was taken back is no example any more. */
export async function dropExamples(
  { workspaceId, query }: Pick<Access, 'workspaceId' | 'query'>,
  generation: string,
): Promise<void> {
  await query((database) =>
    database.execute(sql`DELETE FROM codegen_examples WHERE workspace_id = ${workspaceId} AND generation_id = ${generation}`),
  );
}
