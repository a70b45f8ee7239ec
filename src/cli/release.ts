import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { historyEntry, releaseView } from '../http/release-views.ts';
import { ApiClient } from './api-client.ts';
import { entryLine, releaseLine, releaseReport } from './release-report.ts';
import { UsageError } from './usage-error.ts';

type Release = z.infer<typeof releaseView>;
type Entry = z.infer<typeof historyEntry>;

interface CreateOptions {
  promptFile?: string;
  model?: string;
  tools?: string;
  codeVersion?: string;
  limits?: string;
  plan?: string;
}

const which = 'id of a release, or the name of an agent: the one that runs, else its latest draft';

/** Everything here goes over the API, as the key of this machine may. */
export function releaseCommand(): Command {
  const release = new Command('release').description('New versions of agents: give them to some, watch, promote or roll back');
  release
    .command('create <agent>')
    .description('Make a version, and a release that would bring it to people; nobody gets it before it is started')
    .option('--prompt-file <file>', 'another prompt')
    .option('--model <model>', 'another model or route')
    .option('--tools <names>', 'only these tools, with commas between them')
    .option('--code-version <version>', 'another version of the code, where the project has several')
    .option('--limits <json>', 'other limits, e.g. {"money": 0.2}')
    .option('--plan <file>', 'JSON file with steps, strategy, eligibility and standards')
    .action(async (agent: string, options: CreateOptions) => {
      const made = await ApiClient.here().post<Release>('/api/v1/releases', { agent, ...bodyOf(options) });
      console.log(`${releaseReport(made)}\n\nStart it: timonel release start ${made.id}`);
    });
  release
    .command('list [agent]')
    .description('Releases, newest first')
    .option('--json', 'print JSON')
    .action(async (agent: string | undefined, { json }: { json?: boolean }) => {
      const found = await listOf(agent);
      if (json === true) console.log(JSON.stringify(found));
      else
        console.log(
          found.length === 0 ? 'No releases. Make one: timonel release create <agent>' : found.map(releaseLine).join('\n'),
        );
    });
  release
    .command('show <release>')
    .description(`What is known of a release (${which})`)
    .option('--json', 'print JSON')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const found = await find(name);
      console.log(json === true ? JSON.stringify(found) : releaseReport(found));
    });
  release
    .command('history <release>')
    .description('What was done to it, by whom and on which evidence, from the audit log')
    .option('--json', 'print JSON')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const { id } = await find(name);
      const { entries } = await ApiClient.here().get<{ entries: Entry[] }>(`/api/v1/releases/${id}/history`);
      console.log(json === true ? JSON.stringify(entries) : entries.map(entryLine).join('\n'));
    });
  release
    .command('start <release>')
    .description(`Give the canary to the first step of people (${which})`)
    .action((name: string) => act(name, 'start', {}));
  release
    .command('ramp <release>')
    .description('Go on to the next step now, or to a percentage')
    .option('--percentage <number>', 'above the present one, below 100')
    .action(async (name: string, { percentage }: { percentage?: string }) => {
      if (percentage === undefined) return act(name, 'ramp', {});
      const { id } = await find(name);
      console.log(
        releaseReport(await ApiClient.here().patch<Release>(`/api/v1/releases/${id}`, { percentage: numberOf(percentage) })),
      );
    });
  release
    .command('promote <release>')
    .description('Give everybody the canary')
    .option('--force', 'without proof that it is good enough; needs a reason')
    .option('--reason <text>', 'why')
    .action((name: string, { force, reason }: { force?: boolean; reason?: string }) => {
      if (force === true && reason === undefined) throw new UsageError('Say why: --force --reason "…"');
      return act(name, 'promote', { force: force === true, ...(reason === undefined ? {} : { reason }) });
    });
  release
    .command('rollback <release>')
    .description('Give everybody the stable version again')
    .requiredOption('--reason <text>', 'why')
    .option('--move-conversations', 'take open conversations back too, with their next turn')
    .action((name: string, { reason, moveConversations }: { reason: string; moveConversations?: boolean }) =>
      act(name, 'rollback', { reason, moveConversations: moveConversations === true }),
    );
  return release;
}

async function act(name: string, action: string, body: object): Promise<void> {
  const { id } = await find(name);
  console.log(releaseReport(await ApiClient.here().post<Release>(`/api/v1/releases/${id}/${action}`, body)));
}

async function listOf(agent: string | undefined): Promise<Release[]> {
  const query = agent === undefined ? '' : `?agent=${encodeURIComponent(agent)}`;
  return (await ApiClient.here().get<{ releases: Release[] }>(`/api/v1/releases${query}`)).releases;
}

async function find(name: string): Promise<Release> {
  if (/^[0-9a-f]{8}-/i.test(name)) return ApiClient.here().get<Release>(`/api/v1/releases/${encodeURIComponent(name)}`);
  const found = await listOf(name);
  const one = found.find(({ status }) => status === 'running') ?? found.find(({ status }) => status === 'draft') ?? found[0];
  if (one === undefined) throw new UsageError(`${name} has no releases. Make one: timonel release create ${name}`);
  return one;
}

function bodyOf({ promptFile, model, tools, codeVersion, limits, plan }: CreateOptions): object {
  const changes = {
    ...(promptFile === undefined ? {} : { prompt: read(promptFile) }),
    ...(model === undefined ? {} : { model }),
    ...(tools === undefined ? {} : { tools: tools.split(',').map((tool) => tool.trim()) }),
    ...(codeVersion === undefined ? {} : { codeVersion }),
    ...(limits === undefined ? {} : { limits: parse(limits, '--limits') }),
  };
  return { changes, ...(plan === undefined ? {} : { plan: parse(read(plan), plan) }) };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}`);
  }
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${where} is not JSON: ${messageOf(error)}`);
  }
}

function numberOf(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new UsageError(`--percentage is "${text}"; give a number, e.g. 25`);
  return value;
}
