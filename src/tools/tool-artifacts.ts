import type { Artifacts } from '../artifacts/artifacts.ts';
import type { ToolArtifacts } from '../artifacts/contract.ts';
import { artifactsForTool } from '../artifacts/for-tools.ts';
import { isPermission } from '../identity/permissions.ts';
import type { RunStatement } from '../store/database.ts';
import type { CallPlace } from './call-place.ts';

/** The artifacts that a call may reach. @param run a statement of the transaction of the tool, where it has one. */
export type ArtifactsOf = (place: Pick<CallPlace, 'run' | 'principal'>, statement?: RunStatement) => ToolArtifacts;

export function artifactsOfCalls(artifacts: Artifacts): ArtifactsOf {
  return ({ run, principal }, statement) => {
    const { workspaceId, conversationId, runId, agent } = run;
    const may = (permission: string) => isPermission(permission) && principal?.permissions.has(permission) === true;
    return artifactsForTool(artifacts, { workspaceId, conversationId, runId, agent, may }, statement);
  };
}
