import type { RunStatement } from '../store/database.ts';
import type { Artifacts } from './artifacts.ts';
import { artifactNotFound } from './artifacts.ts';
import type { StoredArtifact, ToolArtifacts } from './contract.ts';
import { artifactOf } from './rows.ts';
import { textPiece } from './text-piece.ts';

/** On whose behalf an agent's code works with artifacts. */
export interface ToolPlace {
  workspaceId: string;
  /** Absent where nothing was said: in a command, or where people change rows. */
  conversationId?: string | undefined;
  runId?: string | undefined;
  agent: string;
  /** Whether who asks has the permission that an artifact wants. */
  may(permission: string): boolean;
}

/** @param run a statement of the transaction of the tool, where it has one. */
export function artifactsForTool(artifacts: Artifacts, place: ToolPlace, run?: RunStatement): ToolArtifacts {
  const { workspaceId, conversationId, runId, agent, may } = place;
  const createdBy = `agent:${agent}`;
  const find = async (id: string, ofConversation = false): Promise<StoredArtifact | undefined> => {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return undefined;
    const [found] = await artifacts.findOwn(
      workspaceId,
      [id],
      { conversationId, createdBy: ofConversation ? undefined : createdBy },
      run,
    );
    return found === undefined || (found.permission !== null && !may(found.permission)) ? undefined : found;
  };
  return {
    put: async (artifact) => artifactOf(await artifacts.put({ workspaceId, conversationId, runId, createdBy }, artifact, run)),
    async get(id) {
      const found = await find(id);
      return found === undefined ? undefined : { ...artifactOf(found), content: () => artifacts.read(found, undefined, run) };
    },
    async readText(id, from) {
      const found = await find(id, true);
      return found === undefined ? undefined : textPiece(found, from, (range) => artifacts.read(found, range, run));
    },
    async link(id, { expiresIn }) {
      const found = await find(id);
      if (found === undefined) throw artifactNotFound(id);
      return artifacts.linkTo(found, expiresIn);
    },
  };
}
