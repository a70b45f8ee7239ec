/** The sample salon on a real store, with a clock that stands still: what the tests of the tools call. */
import { randomUUID } from 'node:crypto';
import { OpenFeature } from '@openfeature/server-sdk';
import { v7 } from 'uuid';
import { artifactsForTool } from '../../../src/artifacts/for-tools.ts';
import { openArtifacts } from '../../../src/artifacts/open.ts';
import { readSettings } from '../../../src/config.ts';
import type {
  AgentMessage,
  Contact,
  Database,
  JobContext,
  StateStore,
  Tool,
  ToolContext,
  WorkspaceAccess,
} from '../../../src/index.ts';
import type { DatabasePool } from '../../../src/store/database.ts';
import { againOnDeadlock } from '../../../src/store/database-errors.ts';
import type { AsRuntime } from '../../../src/store/transaction-client.ts';
import { sample } from '../seed.ts';

/** As much of a store as the tools need. */
export interface Rows extends Pick<DatabasePool, 'embedded' | 'executeText' | 'separateClient'> {
  inWorkspace<T>(workspaceId: string, work: (database: Database, client: unknown, asRuntime: AsRuntime) => Promise<T>): Promise<T>;
}

/** The tools of the salon keep what they know in its tables. */
const noState: StateStore = {
  get: async () => undefined,
  set: async () => 1,
  delete: async () => {},
};

export interface ScheduledJob {
  job: string;
  payload: object;
  at: Date;
  key: string | undefined;
}

/** Thursday, 19 November 2026, noon in Córdoba. */
export const noon = new Date('2026-11-19T12:00:00-03:00');

export interface Salon {
  readonly workspaceId: string;
  now: Date;
  readonly jobs: ScheduledJob[];
  /** What its jobs sent. */
  readonly sent: AgentMessage[];
  readonly access: JobContext;
  /** One conversation; calls a tool as the runtime does: arguments checked, a write in one transaction. */
  conversation(contact?: Contact): Conversation;
}

export interface Conversation {
  readonly id: string;
  call<Input, Output>(tool: Tool<Input, Output>, input: Input): Promise<Output>;
  context(): ToolContext;
}

const refuse = (): never => {
  throw new Error('No tool of the salon waits, or starts a run.');
};

const waitless = {
  runs: { start: refuse, join: refuse, cancel: refuse },
  sleepUntil: refuse,
  completionToken: refuse,
  completion: refuse,
  complete: refuse,
  progress: () => {},
} satisfies Partial<ToolContext>;

/** Nobody gave the workspace documents. */
const noKnowledge: ToolContext['knowledge'] = {
  retrieve: async () => ({ passages: [], evidence: 'none', used: [], degraded: null }),
  check: async () => false,
};

const noSandbox: ToolContext['sandbox'] = { languages: async () => [], run: refuse, runEach: refuse };

/** A workspace with the sample data. */
export async function openSalon(rows: Rows, workspaceId = `salon-${randomUUID().slice(0, 8)}`): Promise<Salon> {
  const jobs: ScheduledJob[] = [];
  const sent: AgentMessage[] = [];
  const key = { key: new Uint8Array(32) };
  const artifacts = await openArtifacts(readSettings({}), {
    pool: rows,
    keys: { current: () => key, all: () => [key] },
    now: () => salon.now,
    newId: () => v7(),
  });
  const salon: Salon = {
    workspaceId,
    now: noon,
    jobs,
    sent,
    access: {
      workspaceId,
      timeZone: 'America/Argentina/Cordoba',
      now: () => salon.now,
      newId: () => v7(),
      query: (work) => rows.inWorkspace(workspaceId, work),
      complete: refuse,
      idempotencyKey: v7(),
      signal: new AbortController().signal,
      flags: OpenFeature.getClient(),
      artifacts: artifactsForTool(artifacts, { workspaceId, agent: 'booking', may: () => false }),
      metrics: { add: () => {}, set: () => {}, observe: () => {} },
      runs: { start: refuse },
      sandbox: noSandbox,
      schedule: refuse,
      // Its conversations are in no table.
      send: async (message) => {
        if (!sent.some(({ key }) => key === message.key)) sent.push(message);
        return { runId: v7(), turn: 1, sent: true };
      },
    },
    conversation(contact) {
      const id = v7();
      const context = (query: WorkspaceAccess['query'] = salon.access.query, asRuntime?: AsRuntime): ToolContext => ({
        ...salon.access,
        query,
        conversationId: id,
        runId: v7(),
        channel: 'test',
        contact,
        idempotencyKey: v7(),
        // Nobody bound a provider: every flag has its default.
        flags: OpenFeature.getClient(),
        state: { conversation: noState, agent: noState },
        artifacts: artifactsForTool(
          artifacts,
          { workspaceId, conversationId: id, runId: v7(), agent: 'booking', may: () => false },
          asRuntime && ((text, values) => asRuntime(async (client) => (await client.query(text, values)).rows)),
        ),
        knowledge: noKnowledge,
        signal: new AbortController().signal,
        schedule: async (job, payload, { at, key }) => void jobs.push({ job, payload, at, key }),
        ...waitless,
      });
      return {
        id,
        context,
        call: (tool, input) => {
          const parsed = tool.input.parse(input);
          if (tool.effect === 'read') return tool.execute(parsed, context());
          // As the runtime does: what a deadlock undid is done again.
          return againOnDeadlock(() =>
            rows.inWorkspace(workspaceId, (database, _client, asRuntime) =>
              tool.execute(
                parsed,
                context((work) => work(database), asRuntime),
              ),
            ),
          );
        },
      };
    },
  };
  await rows.inWorkspace(workspaceId, (database) => sample({ ...salon.access, query: (work) => work(database) }));
  return salon;
}
