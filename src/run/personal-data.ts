import type { Identity } from '../identity/identity.ts';
import type { AgentData } from '../identity/privacy/contract.ts';
import { Privacy } from '../identity/privacy/privacy.ts';
import type { DatabasePool } from '../store/database.ts';
import type { WorkspaceAccess } from '../tools/contract.ts';
import type { AgentDefinition } from './contract.ts';

/** Exports and erasures over Timonel's tables and those that the agents declare. */
export function createPrivacy(dependencies: {
  pool: DatabasePool;
  identity: Pick<Identity, 'audit' | 'notices'>;
  agents: Iterable<AgentDefinition>;
  access(workspaceId: string): Promise<WorkspaceAccess>;
  now(): Date;
}): Privacy {
  const { pool, identity, agents, access, now } = dependencies;
  return new Privacy({
    pool,
    audit: identity.audit,
    agents: [...agents].flatMap((agent) => dataOf(agent, access)),
    now,
    changing: (userId, work) =>
      identity.notices.change((client, tell) => {
        if (userId !== null) tell({ kind: 'user', id: userId });
        return work(client);
      }),
  });
}

function dataOf({ name, personalData }: AgentDefinition, access: (workspaceId: string) => Promise<WorkspaceAccess>): AgentData[] {
  if (personalData === undefined) return [];
  const { tables, find } = personalData;
  if (find === undefined) return [{ agent: name, tables }];
  return [
    {
      agent: name,
      tables,
      find: async (workspaceId, person, conversationIds) => find(person, conversationIds, await access(workspaceId)),
    },
  ];
}
