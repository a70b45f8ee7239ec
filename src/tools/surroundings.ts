/** What code of an agent that is no tool works with in a run: its guard, and what keeps its record. */
import type { Principal } from '../identity/principal.ts';
import type { AgentSandbox, Sandbox } from '../sandbox/contract.ts';
import { sandboxFor } from '../sandbox/for-agents.ts';
import type { Database, DatabasePool } from '../store/database.ts';
import type { RunContext } from '../store/run-context.ts';
import type { WorkspaceAccess } from './contract.ts';

/** What a guard works with beside the turn: it may look, and run programs, and changes nothing. */
export interface GuardContext extends Omit<WorkspaceAccess, 'query'> {
  /** Runs `work` in a read-only transaction bound to the workspace. */
  query<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /** Runs programs that nobody trusts; they wait in the queue as those of who asks. */
  readonly sandbox: AgentSandbox;
  /** Aborted at the time limit of the guard, and when the run is cancelled. */
  readonly signal: AbortSignal;
  /** On whose behalf the run works, as they are now; `undefined` where nobody with an account asks. */
  principal(): Promise<Principal | undefined>;
}

/** What an agent keeps a record of its turns with. */
export type SettledContext = WorkspaceAccess & Pick<GuardContext, 'principal'>;

export interface Surroundings {
  /** @param signal of the guard. */
  looking(signal: AbortSignal): GuardContext;
  /** `undefined` in a rehearsal, which leaves nothing behind. */
  keeping(): SettledContext | undefined;
}

export interface SurroundedRun {
  run: RunContext & { asker: { id: string } | undefined };
  /** Aborted when the run is cancelled. */
  signal: AbortSignal;
  principal(): Promise<Principal | undefined>;
}

export function surroundingsOf(
  { pool, sandbox, now, newId }: { pool: DatabasePool; sandbox: Sandbox; now(): Date; newId(): string },
  { run, signal, principal }: SurroundedRun,
): Surroundings {
  const { workspaceId, timeZone, conversationId, asker } = run;
  const base = { workspaceId, timeZone, now: () => now(), newId: () => newId(), principal };
  return {
    looking(own) {
      const both = AbortSignal.any([signal, own]);
      return {
        ...base,
        signal: both,
        sandbox: sandboxFor(sandbox, { workspaceId, person: asker?.id ?? conversationId }, both),
        query: (work) =>
          pool.inWorkspace(
            workspaceId,
            async (database, client) => {
              await client.query('SET TRANSACTION READ ONLY');
              return work(database);
            },
            both,
          ),
      };
    },
    keeping: () => ({ ...base, query: (work) => pool.inWorkspace(workspaceId, (database) => work(database), signal) }),
  };
}
