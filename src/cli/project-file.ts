import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Settings } from '../config.ts';
import { messageOf, TimonelError } from '../errors.ts';
import { bundledProject } from '../main.ts';
import type { ProjectConfig } from '../project.ts';

/** The project in the current folder; the agents that ship with Timonel when there is no `timonel.config.ts`. */
export async function loadProject(settings: Pick<Settings, 'configFile'>): Promise<ProjectConfig> {
  const named = settings.configFile === undefined ? undefined : resolve(settings.configFile);
  const path =
    named ??
    ['timonel.config.ts', 'timonel.config.js', 'timonel.config.mjs'].map((name) => resolve(name)).find((each) => existsSync(each));
  if (path === undefined) return bundledProject();
  if (!existsSync(path)) throw new TimonelError('config_invalid', `TIMONEL_CONFIG names ${path}, and there is no such file.`);
  let loaded: { default?: ProjectConfig };
  try {
    loaded = (await import(pathToFileURL(path).href)) as { default?: ProjectConfig };
  } catch (error) {
    throw new TimonelError('config_invalid', `${path} could not be loaded: ${messageOf(error)}`, { cause: error });
  }
  if (!Array.isArray(loaded.default?.agents)) {
    throw new TimonelError('config_invalid', `${path} must have a default export: export default defineConfig({ agents: [ … ] }).`);
  }
  return loaded.default;
}
