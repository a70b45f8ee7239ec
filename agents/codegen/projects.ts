/** Projects of a workspace: a name, and a folder in one of the roots that the operator allows. */
import { mkdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { sql } from '../../src/database.ts';
import type { WorkspaceAccess } from '../../src/index.ts';
import { git } from '../../src/shell.ts';
import type { CodegenOptions } from './contract.ts';
import type { CodegenProject } from './project/contract.ts';

/** Opens the folder of a project. @throws Error that says what would work */
export type ProjectOpener = (folder: string) => Promise<CodegenProject>;

export interface RegisteredProject extends Record<string, unknown> {
  name: string;
  folder: string;
}

export const projectName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/;

export async function listProjects({
  workspaceId,
  query,
}: Pick<WorkspaceAccess, 'workspaceId' | 'query'>): Promise<RegisteredProject[]> {
  const { rows } = await query((database) =>
    database.execute<RegisteredProject>(
      sql`SELECT name, folder FROM codegen_projects WHERE workspace_id = ${workspaceId} ORDER BY name LIMIT 200`,
    ),
  );
  return rows;
}

export async function addProject(
  { workspaceId, query, newId }: Pick<WorkspaceAccess, 'workspaceId' | 'query' | 'newId'>,
  { name, folder }: { name: string; folder: string },
): Promise<void> {
  await query((database) =>
    database.execute(sql`
      INSERT INTO codegen_projects (workspace_id, id, name, folder) VALUES (${workspaceId}, ${newId()}, ${name}, ${folder})
      ON CONFLICT (workspace_id, name) DO NOTHING`),
  );
}

export class ProjectRoots {
  readonly #options: CodegenOptions;

  constructor(options: CodegenOptions) {
    this.#options = options;
  }

  /** Where projects of a workspace are made. */
  made(workspaceId: string): string {
    return join(resolve(this.#options.dataFolder), 'codegen', 'projects', encodeURIComponent(workspaceId));
  }

  /**
   * The folder without links, if it lies in a root.
   * @returns why not, in a sentence, where it does not
   */
  async folder(workspaceId: string, path: string): Promise<{ folder: string } | { fault: string }> {
    if (!isAbsolute(path) || path.includes('\0')) return { fault: 'The folder must be an absolute path, e.g. /srv/code/shop.' };
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined || !(await stat(real)).isDirectory()) return { fault: `There is no folder ${path} on this machine.` };
    const roots = [this.made(workspaceId), ...(this.#options.roots ?? [])];
    for (const root of roots) {
      const inside = await realpath(root).then(
        (top) => isWithin(top, real),
        () => false,
      );
      if (inside) return { folder: real };
    }
    return {
      fault: `The folder ${path} lies in none of the folders that the operator allows. TIMONEL_CODEGEN_ROOTS names them; "init" makes a new project.`,
    };
  }

  /** Makes the folder of a new project, with a repository of its own. @returns its folder, without links */
  async make(workspaceId: string, name: string): Promise<string> {
    if (!projectName.test(name))
      throw new Error(`"${name}" is no name of a project. It has letters, digits, "-" and "_", e.g. shop-api.`);
    const top = this.made(workspaceId);
    const folder = join(top, name);
    await mkdir(folder, { recursive: true, mode: 0o750 });
    const real = await realpath(folder);
    if (!isWithin(await realpath(top), real))
      throw new Error(`The folder of ${name} leads out of the data directory. Take its link away.`);
    const inside = await git(real, ['rev-parse', '--show-toplevel']).catch(() => undefined);
    // The data directory may lie within a repository; that one is not the project's.
    const own = inside?.exitCode === 0 && (await realpath(inside.stdout.toString('utf8').trim()).catch(() => '')) === real;
    if (!own) await git(real, ['init', '--quiet', '--initial-branch=main']);
    return real;
  }
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
}
