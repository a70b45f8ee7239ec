import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { ApiClient } from './api-client.ts';
import { TerminalLines } from './code-lines.ts';
import { terminalText } from './code-text.ts';
import { languageOf } from './code-words.ts';
import {
  type CodegenServer,
  codegenPath,
  codegenServer,
  type Execution,
  type ExecutionTask,
  executionNamed,
  projectNamed,
  projectsOf,
} from './codegen-client.ts';
import { codegenExits, decideAbout, type RunOptions, runMessage } from './codegen-run.ts';
import { codegenSentence } from './codegen-words.ts';
import { printTable } from './database-command.ts';
import { reach } from './local-server.ts';
import { UsageError } from './usage-error.ts';

interface Common {
  server?: boolean;
  json?: boolean;
}

interface GenerateOptions extends Common {
  project?: string;
  context?: string;
  budget?: string;
  confirm?: string;
  autoApprove?: boolean;
  git: boolean;
  maxWorkers: string;
  rounds: string;
  hooks?: boolean;
  bring?: string;
}

type Connect = () => Promise<ApiClient>;

export function codegenCommand(): Command {
  const command = new Command('codegen').description(
    'From a request to a reviewed commit: analysis, plan, tasks in parallel, tests in a sandbox, score, a person’s approval, a commit on a branch of its own. Its data is in your data directory. Exit code 0 done, 1 failed, 2 usage, 3 somebody has to decide or answer, 4 budget',
  );
  const add = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .option('--server', 'ask the Timonel that `timonel up` runs here, in place of one of your own')
      .option('--json', 'print JSON');
  const inProject = (each: Command) => each.option('-p, --project <folder or name>', 'the project (default: this folder)');

  add('init <name>', 'Make a project: a folder with a repository below the data directory').action(
    (name: string, options: Common) =>
      asked(options, async (connect) => {
        const made = await reach(connect, (client) =>
          client.post<{ name: string; folder: string }>(`${codegenPath}/commands/init`, { name }),
        );
        console.log(options.json === true ? JSON.stringify(made) : `${made.name}: ${made.folder}`);
      }),
  );
  add('projects', 'List the projects').action((options: Common) =>
    asked(options, async (connect) => show(options, await reach(connect, projectsOf))),
  );
  inProject(add('files [path]', 'List the files of a project, or print one')).action(
    (path: string | undefined, options: Common & { project?: string }) =>
      asked(options, (connect) => files(connect, path, options)),
  );
  inProject(add('git <what>', 'What git says of a project: `git status`')).action(
    (what: string, options: Common & { project?: string }) => asked(options, (connect) => gitStatus(connect, what, options)),
  );
  inProject(add('plan <request>', 'Make a plan, and no code'))
    .option('--save <file>', 'write the plan to a file, which /plan takes again')
    .option('--budget <dollars>', 'most that it may cost')
    .action((request: string, options: GenerateOptions & { save?: string }) =>
      asked(options, (connect) => plan(connect, request, options)),
    );
  for (const [name, least, description] of [
    ['generate', 'generate', 'Make code for a request, up to an approved commit on the branch timonel/<id>'],
    ['orchestrate', 'orchestrate', 'The same, with three tasks at least'],
  ] as const) {
    inProject(add(`${name} <request>`, description))
      .option('--context <text>', 'what else is to be known')
      .option('--budget <dollars>', 'most that it may cost')
      .option('--confirm <stage>', 'stop after `plan`, before money is spent on tasks')
      .option('--auto-approve', 'commit without a person where the rules of the workspace allow it and the score is 7 or more')
      .option('--no-git', 'write the files and commit nothing')
      .option('--max-workers <count>', 'tasks at once, 1 to 8', '4')
      .option('--rounds <count>', 'rounds until the best version is offered, 1 to 3', '3')
      .option('--hooks', 'run the hooks of the repository')
      .option('--bring <file>', 'take code that you bring, files in fences or a patch, in place of a model’s')
      .action((request: string, options: GenerateOptions) =>
        asked(options, (connect) => generate(connect, least, request, options)),
      );
  }
  add('executions', 'List what was generated, the latest first').action((options: Common) =>
    asked(options, async (connect) => {
      const { executions } = await reach(connect, (client) =>
        client.get<{ executions: Execution[] }>(`${codegenPath}/executions?limit=50`),
      );
      show(
        options,
        options.json === true
          ? executions
          : executions.map(({ id, project, request, stage, result, spent }) => ({
              id: id.slice(-12),
              project,
              request: request.slice(0, 60),
              state: result ?? stage,
              cost: spent.toFixed(4),
            })),
      );
    }),
  );
  const of = (name: string, description: string) => add(`${name} [id]`, `${description}; the latest where none is named`);
  of('approve', 'Approve what is offered: it is committed').action((id: string | undefined, options: Common) =>
    asked(options, async (connect) => decide(connect, id, { decision: 'approve' }, options)),
  );
  of('reject', 'Reject it; nothing is written')
    .option('--reason <text>', 'why')
    .action((id: string | undefined, options: Common & { reason?: string }) =>
      asked(options, (connect) =>
        decide(connect, id, { decision: 'reject', ...(options.reason === undefined ? {} : { reason: options.reason }) }, options),
      ),
    );
  of('modify', 'Have it made anew with what you say, up to three rounds')
    .requiredOption('-f, --feedback <text>', 'what is to be changed')
    .action((id: string | undefined, options: Common & { feedback: string }) =>
      asked(options, (connect) => modify(connect, id, options.feedback, options)),
    );
  for (const [name, description, message] of [
    ['go', 'Go on after the plan', '/go'],
    ['retry', 'Do the failed tasks once more', '/retry'],
    ['merge', 'Bring the commit onto the branch that is checked out', '/merge'],
    ['revert', 'Take back what was committed, by a commit of its own', '/revert'],
    ['cancel', 'End it without writing anything', '/cancel'],
    ['status', 'How it stands', '/status'],
  ] as const)
    of(name, description).action((id: string | undefined, options: Common) =>
      asked(options, async (connect) =>
        say(connect, await reach(connect, (client) => executionNamed(client, id)), message, options),
      ),
    );
  of('log', 'Request, plan, rounds, tests, approver, commit and cost').action((id: string | undefined, options: Common) =>
    asked(options, async (connect) => {
      const { id: found } = await reach(connect, (client) => executionNamed(client, id));
      const { log } = await reach(connect, (client) => client.get<{ log: object }>(`${codegenPath}/executions/${found}/log`));
      console.log(JSON.stringify(log, null, options.json === true ? undefined : 2));
    }),
  );
  of('diff', 'What it changes').action((id: string | undefined, options: Common) =>
    asked(options, async (connect) => {
      const { id: found } = await reach(connect, (client) => executionNamed(client, id));
      process.stdout.write(terminalText(await reach(connect, (client) => client.text(`${codegenPath}/executions/${found}/diff`))));
    }),
  );
  const examples = command.command('examples').description('Code that later plans are shown');
  examples
    .command('add <folder>')
    .description('Add the code of a folder')
    .option('--server', 'ask the Timonel that runs here')
    .option('--json', 'print JSON')
    .action((folder: string, options: Common) =>
      asked(options, async (connect) => {
        const added = await reach(connect, (client) =>
          client.post<{ added: number }>(`${codegenPath}/commands/examples-add`, { folder: resolve(folder) }),
        );
        console.log(options.json === true ? JSON.stringify(added) : `${added.added} examples were added.`);
      }),
    );
  inProject(add('chat', 'Talk with it, message by message')).action((options: Common & { project?: string }) =>
    asked(options, (connect) => chat(connect, options)),
  );
  return command;
}

/** Asks, and closes what was opened for it. */
async function asked(options: Common, work: (connect: Connect) => Promise<unknown>): Promise<void> {
  await using server: CodegenServer = codegenServer(options.server === true);
  const code = await work(() => server.client());
  if (typeof code === 'number') process.exitCode = code;
}

function optionsOf({ json }: Common): RunOptions {
  return {
    language: languageOf(),
    json: json === true,
    person: process.stdin.isTTY === true && process.stdout.isTTY === true,
    print: (line) => console.log(line),
  };
}

function show({ json }: Common, rows: readonly object[]): void {
  if (json === true) console.log(JSON.stringify(rows));
  else if (rows.length === 0) console.log(codegenSentence(languageOf(), 'none'));
  else printTable(rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value ?? '')]))));
}

const begin = (connect: Connect) =>
  reach(
    connect,
    async (client) => (await client.post<{ id: string }>('/api/v1/conversations', { agent: 'codegen', channel: 'terminal' })).id,
  );

async function generate(connect: Connect, kind: string, request: string, options: GenerateOptions): Promise<number> {
  if (request.trim() === '')
    throw new UsageError('Say what is to be made, e.g. timonel codegen generate "a function that …" --project .');
  const project = await reach(connect, (client) => projectNamed(client, options.project));
  const whole = options.context === undefined ? request : `${request}\n\n${options.context}`;
  const { bring } = options;
  const terms = {
    project,
    request: whole,
    ...(options.budget === undefined ? {} : { budget: numberOf('--budget', options.budget, 0.000_001, 1_000) }),
    ...(options.confirm === undefined ? {} : { confirm: stageOf(options.confirm) }),
    autoApprove: options.autoApprove === true,
    git: options.git,
    maxWorkers: numberOf('--max-workers', options.maxWorkers, 1, 8),
    rounds: numberOf('--rounds', options.rounds, 1, 3),
    ...(options.hooks === true ? { hooks: true } : {}),
    ...(bring === undefined ? {} : { text: broughtFrom(bring) }),
  };
  const command = bring === undefined ? kind : 'bring';
  return runMessage(connect, await begin(connect), { text: `/${command} ${JSON.stringify(terms)}` }, optionsOf(options));
}

function broughtFrom(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new UsageError(`--bring: ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function stageOf(text: string): 'plan' {
  if (text === 'plan') return text;
  throw new UsageError(`--confirm takes plan, and is "${text}".`);
}

function numberOf(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  throw new UsageError(`${name} takes ${least} to ${most}, and is "${text}".`);
}

async function plan(connect: Connect, request: string, options: GenerateOptions & { save?: string }): Promise<number> {
  const project = await reach(connect, (client) => projectNamed(client, options.project));
  const conversation = await begin(connect);
  const budget = options.budget === undefined ? {} : { budget: numberOf('--budget', options.budget, 0.000_001, 1_000) };
  const terms = { project, request, designOnly: true, ...budget };
  const code = await runMessage(connect, conversation, { text: `/generate ${JSON.stringify(terms)}` }, optionsOf(options));
  if (options.save === undefined) return code;
  const { workflows } = await reach(connect, (client) =>
    client.get<{ workflows: { id: string }[] }>(`${codegenPath}/workflows?limit=1&project=${encodeURIComponent(project)}`),
  );
  const [made] = workflows;
  if (made === undefined) return code;
  const { tasks } = await reach(connect, (client) =>
    client.get<{ tasks: ExecutionTask[] }>(`${codegenPath}/executions/${made.id}`),
  );
  const kept = tasks.map(({ id, kind, description, files, dependsOn }) => ({ id, kind, description, files, dependsOn }));
  writeFileSync(options.save, `${JSON.stringify({ tasks: kept }, null, 2)}\n`);
  if (options.json !== true) console.log(codegenSentence(languageOf(), 'saved', { file: options.save }));
  return code;
}

async function decide(
  connect: Connect,
  id: string | undefined,
  decision: { decision: 'approve' } | { decision: 'reject'; reason?: string },
  options: Common,
): Promise<number> {
  const execution = await reach(connect, (client) => executionNamed(client, id));
  const run = optionsOf(options);
  const code = await decideAbout(connect, execution, decision, run);
  if (code !== undefined) return code;
  // A plan that waits is answered in the conversation.
  if (execution.stage === 'plan' || execution.stage === 'question')
    return say(connect, execution, decision.decision === 'approve' ? '/go' : '/reject', options);
  console.error(codegenSentence(run.language, 'nothingWaits', { stage: execution.result ?? execution.stage }));
  return codegenExits.failed;
}

async function modify(connect: Connect, id: string | undefined, feedback: string, options: Common): Promise<number> {
  const execution = await reach(connect, (client) => executionNamed(client, id));
  // What waits for a decision is refused first: there is one offer at a time.
  const quiet = { ...optionsOf(options), print: () => undefined };
  await decideAbout(connect, execution, { decision: 'reject', reason: feedback.slice(0, 500) }, quiet);
  return say(connect, execution, `/modify ${feedback}`, options);
}

function say(connect: Connect, { conversationId }: Execution, text: string, options: Common): Promise<number> {
  return runMessage(connect, conversationId, { text }, optionsOf(options));
}

async function files(connect: Connect, path: string | undefined, options: Common & { project?: string }): Promise<void> {
  const found = await filesOf(connect, path, options.project);
  if (options.json === true) console.log(JSON.stringify(found));
  else process.stdout.write(terminalText(found.text ?? `${found.paths.join('\n')}\n`));
}

interface Files {
  branch: string | null;
  commit: string | null;
  paths: string[];
  text: string | null;
}

async function filesOf(connect: Connect, path: string | undefined, project: string | undefined): Promise<Files> {
  const query = new URLSearchParams({ project: await reach(connect, (client) => projectNamed(client, project)) });
  if (path !== undefined) query.set('path', path);
  return reach(connect, (client) => client.get<Files>(`${codegenPath}/files?${query}`));
}

async function gitStatus(connect: Connect, what: string, options: Common & { project?: string }): Promise<void> {
  if (what !== 'status')
    throw new UsageError(`git takes status, and is "${what}". For example: timonel codegen git status --project .`);
  const query = new URLSearchParams({ project: await reach(connect, (client) => projectNamed(client, options.project)) });
  const status = await reach(connect, (client) => client.get<object>(`${codegenPath}/git-status?${query}`));
  console.log(JSON.stringify(status, null, options.json === true ? undefined : 2));
}

async function chat(connect: Connect, options: Common & { project?: string }): Promise<number> {
  const run = optionsOf(options);
  const project = await reach(connect, (client) => projectNamed(client, options.project));
  const conversation = await begin(connect);
  await runMessage(connect, conversation, { text: `/project ${project}` }, { ...run, print: () => undefined });
  console.log(codegenSentence(run.language, 'hello', { project }));
  for (;;) {
    let text: string | undefined;
    {
      // Closed before a turn: an approval reads the same lines.
      using lines = new TerminalLines({ input: process.stdin, output: process.stdout });
      text = await lines.message('› ');
    }
    if (text === undefined) return codegenExits.done;
    if (text.trim() !== '') await runMessage(connect, conversation, { text }, run);
  }
}
