/** Turns of a model without any sense, in a project with secrets: not one of them may be in what a model is sent. */
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { coder } from '../../agents/coder/agent.ts';
import { readSettings } from '../../src/config.ts';
import { defaultWorkspace, openTimonel } from '../../src/main.ts';
import { apiCallerOf } from '../../src/testing/api-caller.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import { generator } from './random.ts';
import { randomCalls, type Words } from './random-calls.ts';

export interface CanaryFigures {
  turns: number;
  /** Calls by how they ended. */
  calls: Record<string, number>;
  /** The secret that was seen, and after which call. */
  leaks: string[];
}

const canary = (nth: number) => `canary-${(0x4a7c_0000 + nth * 7919).toString(16)}-q${nth}z`;
const inProject = [
  '.env',
  '.env.local',
  'config/.env.production',
  'id_rsa',
  'keys/server.pem',
  '.npmrc',
  'credentials.json',
  'deep/down/.netrc',
];
const outside = ['outside.txt', 'home/.ssh/id_ed25519', 'home/.npmrc', 'home/.aws/credentials'];

/** A project with secrets, links to them, one in its history, and secrets around it. */
function makeProject(base: string): { folder: string; canaries: string[]; home: string } {
  rmSync(base, { recursive: true, force: true });
  const folder = join(base, 'project');
  const canaries: string[] = [];
  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const secret = () => {
    const made = canary(canaries.length);
    canaries.push(made);
    return made;
  };
  write(join(folder, 'a.ts'), 'export const a = 1; // canary\n');
  write(join(folder, 'src/b.ts'), "import { a } from '../a.ts';\nexport const b = a;\n");
  write(join(folder, '.env.example'), 'TOKEN=\n');
  write(join(folder, '.gitignore'), 'deep\n');
  for (const path of inProject) write(join(folder, path), `TOKEN=${secret()}\n`);
  for (const path of outside) write(join(base, path), `TOKEN=${secret()}\n`);
  symlinkSync('.env', join(folder, 'link.txt'));
  symlinkSync('../outside.txt', join(folder, 'out.txt'));
  symlinkSync('..', join(folder, 'up'));
  linkSync(join(folder, '.env'), join(folder, 'same.txt'));
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { stdio: 'ignore' });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Ana');
  git('config', 'user.email', 'ana@example.test');
  git('config', 'remote.origin.url', `https://ana:${secret()}@example.test/shop.git`);
  git('add', '--force', 'a.ts', 'src', '.env', '.gitignore');
  git('commit', '--quiet', '--message=first');
  write(join(folder, '.env'), `TOKEN=${canaries[0]}\nOTHER=${secret()}\n`);
  return { folder, canaries, home: join(base, 'home') };
}

const words: Words = {
  paths: [
    ...inProject,
    ...[
      'link.txt',
      'out.txt',
      'same.txt',
      'up/outside.txt',
      '../outside.txt',
      './.env',
      'src/../.env',
      '.ENV',
      '.env/',
      './/.env',
      'a.ts',
      '.',
      '',
    ],
    ...[
      '~/.ssh/id_ed25519',
      '/proc/self/environ',
      '.git/config',
      '.env\u200b',
      'config',
      'copy.txt',
      'soft.txt',
      'hard.txt',
      'moved.txt',
      '.git',
    ],
  ].filter((path) => path !== ''),
  patterns: ['canary', '.', 'TOKEN', 'TOKEN=.*', 'a', '', '$A', 'OTHER'].filter((pattern) => pattern !== ''),
};

/** What a secret looks like in what is sent: as it is, and as programs write it. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // At any offset: the part in the middle, which the neighbours do not change.
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.from(`${'x'.repeat(offset)}${secret}`)
      .toString('base64')
      .slice(4, -4),
  );
  const rot = secret.replaceAll(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97));
  return [secret, bytes.toString('hex'), [...secret].reverse().join(''), rot, ...base64];
}

export async function playCanaries(
  turns: number,
  seed: number,
  onDone: (done: number) => void = () => undefined,
): Promise<CanaryFigures> {
  const base = mkdtempSync(join(tmpdir(), 'timonel-canaries-'));
  const figures: CanaryFigures = { turns: 0, calls: {}, leaks: [] };
  const random = generator(seed);
  const { folder, canaries, home } = makeProject(join(base, 'place'));
  const inEnvironment = canary(canaries.length);
  const forms = [...canaries, inEnvironment].flatMap((secret) => formsOf(secret).map((form) => ({ form, secret })));
  let script: Line[] = [];
  let last = '';
  let conversation = '';
  const leaked = new Set<string>();
  const model = scriptedModel((request) => {
    const sent = JSON.stringify(request);
    for (const { form, secret } of forms) {
      // What was sent once is sent again with each request of the conversation.
      if (!sent.includes(form) || leaked.has(`${conversation} ${form}`)) continue;
      leaked.add(`${conversation} ${form}`);
      figures.leaks.push(`seed ${seed}, turn ${figures.turns}: ${secret} as ${form} after ${last}`);
    }
    model.asked.length = 0;
    return script.shift() ?? 'Done.';
  });
  const environment = { PATH: process.env['PATH'], HOME: home, SHOP_TOKEN: inEnvironment, npm_config_token: inEnvironment };
  const agent = coder({ folder, environment });
  const next = randomCalls(agent.tools, random, words);
  const settings = readSettings({ TIMONEL_HOME: join(base, 'data'), TIMONEL_PORT: '0', TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0' });
  const timonel = await openTimonel(settings, { agents: [agent], models: { default: model } });
  try {
    const apiKey = await timonel.apiKeys.create({
      id: crypto.randomUUID(),
      workspaceId: defaultWorkspace,
      name: 'canaries',
      role: 'admin',
    });
    const { call, converse, say } = apiCallerOf(timonel.app, apiKey);
    for (; figures.turns < turns; figures.turns++) {
      if (figures.turns % 200 === 0) makeProject(join(base, 'place'));
      if (figures.turns % 5 === 0) {
        conversation = await converse('coder');
        // Mostly those in which commands run without a question.
        const mode = ['plan', 'ask', 'edit', 'auto', 'auto', 'auto'][Math.floor(random() * 6)];
        await call('PUT', `/api/v1/agents/coder/sessions/${conversation}`, {
          mode,
          diagnostics: random() < 0.3 ? 'all' : 'syntax',
        });
      }
      const calls = Array.from({ length: 1 + Math.floor(random() * 3) }, next);
      last = JSON.stringify(calls);
      script = [{ calls: calls.slice(0, 1) }, ...(calls.length > 1 ? [{ calls: calls.slice(1) }] : []), 'Done.'];
      const { run } = await say<{ run: { id: string; outcome: string } }>(conversation, `go on ${figures.turns}`);
      await refuse(call, run, figures);
      onDone(figures.turns + 1);
    }
  } finally {
    await timonel.close();
    rmSync(base, { recursive: true, force: true });
  }
  return figures;
}

interface RunView {
  run: { outcome: string | null; status: string };
  approvals: { callId: string; status: string }[];
}

/** The person says no to every question, as without a terminal. */
async function refuse(
  call: ReturnType<typeof apiCallerOf>['call'],
  { id, outcome }: { id: string; outcome: string },
  figures: CanaryFigures,
): Promise<void> {
  for (let waits = outcome === 'awaiting_approval'; waits; ) {
    const { body } = await call<RunView>('GET', `/api/v1/runs/${id}`);
    const pending = body.approvals.filter(({ status }) => status === 'pending');
    for (const { callId } of pending) {
      figures.calls['asked'] = (figures.calls['asked'] ?? 0) + 1;
      await call('POST', `/api/v1/runs/${id}/approvals/${callId}`, { decision: 'reject' });
    }
    waits = pending.length > 0 || ['queued', 'running', 'waiting'].includes(body.run.status);
    if (waits && pending.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { body } = await call<{ steps: { event: string; data: { status?: string } }[] }>('GET', `/api/v1/runs/${id}/steps`);
  for (const { event, data } of body.steps)
    if (event === 'call-finished') figures.calls[data.status ?? ''] = (figures.calls[data.status ?? ''] ?? 0) + 1;
}
