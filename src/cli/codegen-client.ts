/** What the command line asks the agent `codegen`, over HTTP as any client. */
import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { codegenProject } from '../bundled-project.ts';
import { ApiClient } from './api-client.ts';
import { codegenHome, codeSettings } from './code-home.ts';
import { LocalServer } from './local-server.ts';
import { UsageError } from './usage-error.ts';

export const codegenPath = '/api/v1/agents/codegen';

export interface Execution {
  id: string;
  project: string;
  request: string;
  stage: string;
  result: string | null;
  reason: string | null;
  conversationId: string;
  runId: string;
  round: number;
  budget: number;
  spent: number;
  commit: string | null;
  branch: string | null;
  approvedBy: string | null;
  merged: string | null;
  reverted: string | null;
  createdAt: string;
}

export interface ExecutionTask {
  id: string;
  kind: string;
  description: string;
  files: { path: string; action: string }[];
  dependsOn: string[];
  state: string;
  reason: string | null;
  cost: number;
}

export interface Project {
  name: string;
  folder: string;
}

/** Who is asked: a Timonel of the user's own, or the one that runs here. */
export interface CodegenServer extends AsyncDisposable {
  client(): Promise<ApiClient>;
}

export function codegenServer(ofHere: boolean): CodegenServer {
  if (ofHere) return { client: async () => ApiClient.here(), async [Symbol.asyncDispose]() {} };
  const home = codegenHome();
  return new LocalServer({
    home,
    settings: () => codeSettings(home),
    project: () => codegenProject(home, process.env),
    keyName: 'timonel codegen',
    isOurs: async (client) =>
      (await client.get<{ agents: { name: string }[] }>('/api/v1/agents')).agents.some(({ name }) => name === 'codegen'),
  });
}

export async function projectsOf(client: ApiClient): Promise<Project[]> {
  return (await client.get<{ items: Project[] }>(`${codegenPath}/projects?limit=100`)).items;
}

/**
 * The project that is meant: by its name, or by its folder, which becomes one where it is none yet.
 * @throws UsageError where there is neither
 */
export async function projectNamed(client: ApiClient, given: string | undefined): Promise<string> {
  const projects = await projectsOf(client);
  const looksLikePath = given === undefined || /[/\\.~]/.test(given);
  if (!looksLikePath && projects.some(({ name }) => name === given)) return given;
  const path = resolve(given ?? '.');
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    const known = projects.map(({ name }) => name).join(', ');
    throw new UsageError(
      `${given ?? path} is no folder and no project${known === '' ? '' : ` (there are: ${known})`}. Name a folder with --project, or make a project: timonel codegen init shop-api`,
    );
  }
  const folder = realpathSync(path);
  const found = projects.find((each) => each.folder === folder);
  if (found !== undefined) return found.name;
  const name = freeName(folder, projects);
  await client.post(`${codegenPath}/projects`, { name, folder });
  return name;
}

/** A name for a folder, with a part of its path's hash where another folder has the name. */
function freeName(folder: string, projects: readonly Project[]): string {
  const plain =
    basename(folder)
      .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
      .replaceAll(/^[-_]+|-+$/g, '')
      .slice(0, 48) || 'project';
  if (!projects.some(({ name }) => name === plain)) return plain;
  return `${plain}-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`;
}

/** @throws UsageError where there is none, or more than one */
export async function executionNamed(client: ApiClient, given: string | undefined): Promise<Execution> {
  const { executions } = await client.get<{ executions: Execution[] }>(`${codegenPath}/executions?limit=100`);
  if (given === undefined) {
    const [latest] = executions;
    if (latest === undefined)
      throw new UsageError('Nothing was generated yet. Begin: timonel codegen generate "…" --project <folder>');
    return latest;
  }
  const found = executions.filter(({ id }) => id.startsWith(given) || id.endsWith(given));
  const [one] = found;
  if (one === undefined || found.length > 1)
    throw new UsageError(
      `${found.length === 0 ? 'There is no generation' : `There are ${found.length} generations`} ${given}. timonel codegen executions lists them.`,
    );
  return one;
}
