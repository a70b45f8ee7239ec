import type { AgentData } from '../identity/privacy/contract.ts';
import type { WorkspaceAccess } from '../tools/contract.ts';
import type { AgentDefinition } from './contract.ts';

/** What the agents declare of the data of people in their tables, for exports and erasures in any workspace. */
export function agentData(
  agents: Iterable<AgentDefinition>,
  accessTo: (workspaceId: string) => Promise<WorkspaceAccess>,
): readonly AgentData[] {
  return [...agents].flatMap(({ name, personalData }) => {
    if (personalData === undefined) return [];
    const { tables, find } = personalData;
    if (find === undefined) return [{ agent: name, tables }];
    return [
      {
        agent: name,
        tables,
        find: async (workspaceId, person, conversationIds) => find(person, conversationIds, await accessTo(workspaceId)),
      } satisfies AgentData,
    ];
  });
}
