import type { Artifacts } from '../artifacts/artifacts.ts';
import type { ToolArtifacts } from '../artifacts/contract.ts';
import { artifactsForTool, type ToolPlace } from '../artifacts/for-tools.ts';
import { isPermission } from '../identity/permissions.ts';
import type { Principal } from '../identity/principal.ts';
import type { RunStatement } from '../store/database.ts';

/** The artifacts that a call may reach. @param run a statement of the transaction of the tool, where it has one. */
export type ArtifactsOf = (
  place: Omit<ToolPlace, 'may'> & { principal: Principal | undefined },
  run?: RunStatement,
) => ToolArtifacts;

export function artifactsOfCalls(artifacts: Artifacts): ArtifactsOf {
  return (place, run) => {
    const { workspaceId, conversationId, runId, agent, principal } = place;
    const may = (permission: string) => isPermission(permission) && principal?.permissions.has(permission) === true;
    return artifactsForTool(artifacts, { workspaceId, conversationId, runId, agent, may }, run);
  };
}
