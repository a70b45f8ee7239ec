/** A Timonel with `codegen` and a project in a real repository, for tests. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { codegen } from '../../agents/codegen/agent.ts';
import type { StoreKind } from '../stores.ts';
import { startTimonel, type TestTimonel, type TurnBody } from '../timonel.ts';
import { type RoleCall, scriptedRoles } from './scripted-roles.ts';

export type Answers = (call: RoleCall) => string | Error | Promise<string>;

export interface Workbench {
  timonel: TestTimonel;
  /** Key of somebody else, who approves. */
  approver: string;
  /** Names of roles that were asked, in order. */
  asked: RoleCall[];
  answer(answers: Answers): void;
  /** A fresh repository with a project of that name; `git: false`: a folder without git. */
  project(name: string, files?: Readonly<Record<string, string>>, options?: { git?: boolean }): Promise<string>;
  say(conversation: string, text: string): Promise<TurnBody>;
  /** Says something and waits until the run is over, or waits for a person. */
  run(conversation: string, text: string): Promise<Ended>;
  /** Waits until a run is over, or waits for a person. */
  settled(run: string): Promise<Ended>;
  /** Decides about what a run waits for, and waits again. */
  decide(run: string, decision: 'approve' | 'reject', key?: string, reason?: string): Promise<Ended>;
  executions(project: string): Promise<Execution[]>;
  execution(id: string): Promise<Execution>;
  close(remove?: boolean): Promise<void>;
}

export interface Ended {
  id: string;
  status: string;
  outcome: string;
  text: string;
  approvals: { callId: string; tool: string; rule: string; status: string; reason: { en: string } }[];
}

export interface Execution {
  id: string;
  stage: string;
  result: string | null;
  round: number;
  spent: number;
  commit: string | null;
  branch: string | null;
  approvedBy: string | null;
  tasks: { id: string; state: string; reason: string | null; attempt: number; kind: string }[];
  rounds: {
    round: number;
    score: { value: number; executed: boolean } | null;
    report: { tests: { runner: string; ok: boolean; passed: number; failed: number } } | null;
  }[];
}

export const patient = { timeout: 60_000, interval: 20 };

export async function openWorkbench(
  kind: StoreKind,
  options: { withModel?: boolean; price?: number; environment?: Record<string, string>; top?: string } = {},
): Promise<Workbench> {
  const top = options.top ?? mkdtempSync(join(tmpdir(), 'timonel-codegen-test-'));
  const asked: RoleCall[] = [];
  let answers: Answers = ({ role }) => new Error(`Nobody answers for ${role}.`);
  const model = scriptedRoles((call) => {
    asked.push(call);
    const said = answers(call);
    if (said instanceof Error) throw said;
    return said;
  });
  const agents = codegen({ dataFolder: join(top, 'data'), roots: [join(top, 'code')] });
  mkdirSync(join(top, 'code'), { recursive: true });
  const { withModel = true, price } = options;
  const timonel = await startTimonel(
    kind,
    {
      agents,
      ...(withModel ? { models: { default: model } } : {}),
      ...(price === undefined ? {} : { prices: { 'scripted-1': { input: price, output: price } } }),
    },
    options.environment === undefined ? {} : { environment: options.environment },
  );
  const approver = await timonel.timonel.apiKeys.create({
    id: crypto.randomUUID(),
    workspaceId: 'default',
    name: 'Ana Approver',
    role: 'admin',
  });
  const turn = async (run: string): Promise<Ended> => {
    type Body = { run: { status: string; outcome: string }; reply: { text: string } | null; approvals: Ended['approvals'] };
    let body: Body | undefined;
    await expect
      .poll(async () => {
        ({ body } = await timonel.call<Body>('GET', `/api/v1/runs/${run}`));
        const waits = body.approvals.some(({ status }) => status === 'pending');
        return body.run.status === 'finished' || (body.run.status === 'waiting' && waits);
      }, patient)
      .toBe(true);
    if (body === undefined) throw new Error('No run.');
    return { id: run, status: body.run.status, outcome: body.run.outcome, text: body.reply?.text ?? '', approvals: body.approvals };
  };
  return {
    timonel,
    approver,
    asked,
    answer(next) {
      answers = next;
      asked.length = 0;
    },
    async project(name, files = { 'README.md': '# A project\n' }, { git = true } = {}) {
      const folder = join(top, 'code', name);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      if (git) {
        gitIn(folder, 'init', '-q', '-b', 'main');
        gitIn(folder, 'add', '-A');
        gitIn(folder, 'commit', '-q', '--allow-empty', '-m', 'first');
      }
      const { status, body } = await timonel.call('POST', '/api/v1/agents/codegen/projects', { name, folder });
      if (status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`);
      return folder;
    },
    say: (conversation, text) => timonel.say(conversation, text),
    async run(conversation, text) {
      const { run } = await timonel.say(conversation, text);
      return turn(run.id);
    },
    async decide(run, decision, key = approver, reason) {
      const { approvals } = (await timonel.call<{ approvals: Ended['approvals'] }>('GET', `/api/v1/runs/${run}`)).body;
      for (const { callId, status } of approvals)
        if (status === 'pending') {
          const answer = await timonel.call(
            'POST',
            `/api/v1/runs/${run}/approvals/${callId}`,
            { decision, ...(reason === undefined ? {} : { reason }) },
            { authorization: `Bearer ${key}` },
          );
          if (answer.status !== 200) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
        }
      return turn(run);
    },
    settled: turn,
    async executions(project) {
      return (await timonel.call<{ executions: Execution[] }>('GET', `/api/v1/agents/codegen/executions?project=${project}`)).body
        .executions;
    },
    async execution(id) {
      return (await timonel.call<Execution>('GET', `/api/v1/agents/codegen/executions/${id}`)).body;
    },
    async close(remove = true) {
      await timonel.close(remove);
      if (remove) rmSync(top, { recursive: true, force: true });
    },
  };
}

export function gitIn(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=Owner', '-c', 'user.email=owner@example.com', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

export { block, json } from './texts.ts';
