/** The connection that brought a conversation. */
import type { RunStatement } from '../store/database.ts';
import type { ChannelConnection } from './contract.ts';

const statement = `SELECT k.channel, k.name, k.account FROM conversations c JOIN channel_connections k ON k.id = c.connection_id
  WHERE c.workspace_id = $1 AND c.id = $2 AND k.workspace_id = $1`;

/** @param run within the tool's transaction, where it has one. */
export async function connectionOf(
  run: RunStatement,
  { workspaceId, conversationId }: { workspaceId: string; conversationId: string },
): Promise<ChannelConnection | undefined> {
  const [connection] = await run<ChannelConnection>(statement, [workspaceId, conversationId]);
  return connection;
}
