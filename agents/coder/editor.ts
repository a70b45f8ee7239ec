/**
 * The editor of a session: its process answers on this machine what it shows of a file, saved or not, and takes texts. Requests and answers are signed with a
 * key that only both know: another program that has the port by now learns nothing, and its answers are none.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { sql } from '../../src/database.ts';
import type { EditorBuffers } from '../../src/files.ts';
import type { WorkspaceAccess } from '../../src/index.ts';

export interface EditorAddress {
  /** On 127.0.0.1. */
  port: number;
  /** Of the signatures. */
  key: string;
  /** It takes texts, too. */
  writes: boolean;
}

/** For how long an editor may think about a file. */
const answerMs = 10_000;

/** @returns what the editor of a session is; `undefined` where it has none */
export async function editorOf(
  access: Pick<WorkspaceAccess, 'workspaceId' | 'query'>,
  conversation: string,
): Promise<EditorAddress | undefined> {
  const { rows } = await access.query((database) =>
    database.execute<{ editor: EditorAddress | null }>(sql`
      SELECT editor FROM coder_sessions WHERE workspace_id = ${access.workspaceId} AND conversation_id = ${conversation}`),
  );
  return rows[0]?.editor ?? undefined;
}

/** Connects a session with an editor; `undefined`: it has none any more. */
export async function saveEditor(
  access: Pick<WorkspaceAccess, 'workspaceId' | 'now' | 'query'>,
  conversation: string,
  editor: EditorAddress | undefined,
): Promise<void> {
  const text = editor === undefined ? null : JSON.stringify(editor);
  await access.query((database) =>
    database.execute(sql`
      INSERT INTO coder_sessions AS s (workspace_id, conversation_id, editor, updated_at)
      VALUES (${access.workspaceId}, ${conversation}, ${text}::jsonb, ${access.now().toISOString()}::timestamptz)
      ON CONFLICT (workspace_id, conversation_id) DO UPDATE SET editor = excluded.editor`),
  );
}

/** The texts of an editor. One whose process is gone has none: the file on the disk is what there is. */
export function buffersOf({ port, key, writes }: EditorAddress): EditorBuffers {
  const ask = async (what: 'read' | 'write', asked: object): Promise<unknown> => {
    const nonce = randomBytes(16).toString('hex');
    const body = JSON.stringify(asked);
    let response: Response;
    let text: string;
    try {
      response = await fetch(`http://127.0.0.1:${port}/${what}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-nonce': nonce, 'x-signature': signed(key, `${what}\n${nonce}\n${body}`) },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(answerMs),
      });
      text = await response.text();
    } catch (error) {
      if (isRefused(error)) return undefined;
      throw new Error('The editor does not answer. Try it again, or close its session.', { cause: error });
    }
    // Another program has the port by now.
    if (!isSigned(key, `answer\n${nonce}\n${text}`, response.headers.get('x-signature'))) return undefined;
    const answer: unknown = JSON.parse(text);
    if (response.ok) return answer;
    throw new Error(`The editor refused: ${text.slice(0, 300)}`);
  };
  return {
    async read(path) {
      const answer = (await ask('read', { path })) as { text?: unknown } | undefined;
      return typeof answer?.text === 'string' ? answer.text : undefined;
    },
    ...(writes
      ? {
          async write(path: string, text: string) {
            if ((await ask('write', { path, text })) === undefined) throw new Error('The editor is gone.');
          },
        }
      : {}),
  };
}

function signed(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

function isSigned(key: string, text: string, signature: string | null): boolean {
  const [expected, given] = [signed(key, text), signature ?? ''].map((each) => Buffer.from(each));
  return expected !== undefined && given !== undefined && expected.length === given.length && timingSafeEqual(expected, given);
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNREFUSED' || cause.code === 'ECONNRESET');
}
