/** A workspace of one agent on a real store, with a clock that stands still: what the tests of its tools call. */
import { OpenFeature } from '@openfeature/server-sdk';
import { v7 } from 'uuid';
import { artifactsForTool } from '../src/artifacts/for-tools.ts';
import { openArtifacts } from '../src/artifacts/open.ts';
import { readSettings } from '../src/config.ts';
import { OutsideClient, reachesOutside } from '../src/identity/outside.ts';
import type { AgentMessage, Contact, Database, JobContext, StateStore, Tool, ToolContext, WorkspaceAccess } from '../src/index.ts';
import type { DatabasePool } from '../src/store/database.ts';
import { againOnDeadlock } from '../src/store/database-errors.ts';
import type { AsRuntime } from '../src/store/transaction-client.ts';

/** As much of a store as the tools need. */
export interface Rows extends Pick<DatabasePool, 'embedded' | 'executeText' | 'separateClient'> {
  inWorkspace<T>(workspaceId: string, work: (database: Database, client: unknown, asRuntime: AsRuntime) => Promise<T>): Promise<T>;
}

/** The tools keep what they know in tables of the agent. */
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

export interface ToolWorkspaceSettings {
  /** Name of the agent. */
  agent: string;
  timeZone: string;
  /** The instant at which the clock stands. */
  now: Date;
  /** Fills the workspace. */
  sample(access: WorkspaceAccess): Promise<unknown>;
  workspaceId: string;
}

export interface ToolWorkspace {
  readonly workspaceId: string;
  now: Date;
  readonly jobs: ScheduledJob[];
  /** What its jobs sent. */
  readonly sent: AgentMessage[];
  readonly access: JobContext;
  /** One conversation; calls a tool as the runtime does: arguments checked, a write in one transaction. */
  conversation(contact?: Contact): ToolConversation;
}

export interface ToolConversation {
  readonly id: string;
  /** @param key where it is made again under the same key. */
  call<Input, Output>(tool: Tool<Input, Output>, input: Input, key?: string): Promise<Output>;
  context(): ToolContext;
}

const refuse = (): never => {
  throw new Error('No tool waits here, or starts a run.');
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
  feedback: refuse,
};

const noSandbox: ToolContext['sandbox'] = { languages: async () => [], run: refuse, runEach: refuse };

/** A workspace with what `sample` puts into it. */
export async function openToolWorkspace(
  rows: Rows,
  { agent, timeZone, now, sample, workspaceId }: ToolWorkspaceSettings,
): Promise<ToolWorkspace> {
  const jobs: ScheduledJob[] = [];
  const sent: AgentMessage[] = [];
  const key = { key: new Uint8Array(32) };
  const artifacts = await openArtifacts(readSettings({}), {
    pool: rows,
    keys: { current: () => key, all: () => [key] },
    now: () => workspace.now,
    newId: () => v7(),
  });
  const outside = new OutsideClient({ anywhere: true });
  const serverKey = { kid: 'test', key: new Uint8Array(32) };
  const reaches = reachesOutside({
    outside,
    publicUrl: 'http://localhost:8000',
    keys: { current: () => serverKey, all: () => [serverKey] },
    now: () => workspace.now,
  });
  const workspace: ToolWorkspace = {
    workspaceId,
    now,
    jobs,
    sent,
    access: {
      ...reaches(workspaceId, 'tested'),
      workspaceId,
      timeZone,
      now: () => workspace.now,
      newId: () => v7(),
      query: (work) => rows.inWorkspace(workspaceId, work),
      complete: refuse,
      idempotencyKey: v7(),
      signal: new AbortController().signal,
      flags: OpenFeature.getClient(),
      artifacts: artifactsForTool(artifacts, { workspaceId, agent, may: () => false }),
      sandbox: noSandbox,
      metrics: { add: () => {}, set: () => {}, observe: () => {} },
      runs: { start: refuse },
      accounts: { vouch: refuse, signIn: refuse },
      schedule: refuse,
      // Its conversations are in no table.
      send: async (message) => {
        if (!sent.some(({ key }) => key === message.key)) sent.push(message);
        return { runId: v7(), turn: 1, sent: true };
      },
    },
    conversation(contact) {
      const id = v7();
      const context = (query: WorkspaceAccess['query'] = workspace.access.query, asRuntime?: AsRuntime): ToolContext => ({
        ...workspace.access,
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
          { workspaceId, conversationId: id, runId: v7(), agent, may: () => false },
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
        call: (tool, input, key) => {
          const parsed = tool.input.parse(input);
          if (tool.effect === 'read') return tool.execute(parsed, context());
          // Its own transactions, as the runtime leaves them to it.
          if (tool.target === 'outside')
            return againOnDeadlock(() => tool.execute(parsed, { ...context(), idempotencyKey: key ?? v7() }));
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
  await rows.inWorkspace(workspaceId, (database) => sample({ ...workspace.access, query: (work) => work(database) }));
  return workspace;
}
