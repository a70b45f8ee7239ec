import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundledProject } from '../bundled-project.ts';
import type { Settings } from '../config.ts';
import { messageOf, TimonelError, throwSiteOf } from '../errors.ts';
import { checkProject, type ProjectConfig } from '../project.ts';

/**
 * The project in the current folder; the agents that ship with Timonel when there is no `timonel.config.ts`.
 * @throws TimonelError `config_invalid`
 */
export async function loadProject(settings: Pick<Settings, 'configFile' | 'home' | 'codegenRoots'>): Promise<ProjectConfig> {
  const named = settings.configFile === undefined ? undefined : resolve(settings.configFile);
  const path =
    named ??
    ['timonel.config.ts', 'timonel.config.js', 'timonel.config.mjs'].map((name) => resolve(name)).find((each) => existsSync(each));
  if (path === undefined) return bundledProject(settings);
  if (!existsSync(path)) throw new TimonelError('config_invalid', `TIMONEL_CONFIG names ${path}, and there is no such file.`);
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (error) {
    throw new TimonelError('config_invalid', `${path} could not be loaded: ${reasonOf(error, path)}`, { cause: error });
  }
  if (loaded.default === undefined) {
    throw new TimonelError(
      'config_invalid',
      `${path} has no default export. Write: export default defineConfig({ agents: [ … ] })`,
    );
  }
  checkProject(loaded.default, path);
  return loaded.default as ProjectConfig;
}

/** The message of an error with its place: for a syntax error where Node found it, else the first place in the project's own files. */
function reasonOf(error: unknown, path: string): string {
  if (error instanceof SyntaxError) return `${messageOf(error)}${syntaxErrorPlace(error, path)}`;
  const missing = /^Cannot find package '([^']+)'/.exec(messageOf(error))?.[1];
  if (missing !== undefined) return `the package ${missing} is not installed. Install it: npm install ${missing}`;
  return `${messageOf(error).split('\n')[0]}${throwSiteOf(error)}`;
}

/**
 * Of TypeScript the stack begins with `<file>:<line>`, the line, and a caret below the column. Of JavaScript Node prints the same when it ends
 * by the error, and tells it nowhere else: another Node is made to.
 */
function syntaxErrorPlace(error: SyntaxError, path: string): string {
  const pattern = /^(?:file:\/\/)?(.+?):(\d+)\n.*\n( *)\^/;
  const [, file, line, before = ''] =
    pattern.exec(error.stack ?? '') ??
    pattern.exec(spawnSync(process.execPath, ['--check', path], { encoding: 'utf8', timeout: 5_000 }).stderr) ??
    [];
  return file === undefined ? '' : ` (${file}:${line}:${before.length + 1})`;
}
