/** Servers of the Model Context Protocol: those of the user's settings, and those that the project's `.mcp.json` names, which anybody may have written. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSecretPath, openProjectFiles } from '../../src/files.ts';
import { approvalsInFile, approvalsInMemory, McpHub, type McpSource, tokensInFolder } from '../../src/mcp.ts';
import { commandEnvironment, type Environment } from '../../src/shell.ts';

/** Of a project, at its root: the name that other assistants read too. */
const projectFile = '.mcp.json';

export interface McpPlaces {
  /** Absolute path of the user's settings. */
  settings: string;
  /** Folder in the user's data directory, with the tokens of all servers. */
  tokens: string;
  /** File in the data directory of the project, with what was said yes to. */
  approvals: string;
}

/** @param places where the user's own things are; without them there are the servers of the project only, and nothing is kept */
export function mcpServersOf(folder: string, environment: Environment = {}, places?: McpPlaces): McpHub {
  return new McpHub({
    async sources() {
      const sources: McpSource[] = [];
      const own = places === undefined ? undefined : await textAt(places.settings);
      if (places !== undefined && own !== undefined) sources.push({ origin: 'user', path: places.settings, text: own, folder });
      const named = await projectText(folder);
      if (named !== undefined) sources.push({ origin: 'project', path: projectFile, text: named, folder });
      return sources;
    },
    variables: environment,
    environment: commandEnvironment(environment, folder),
    approvals: places === undefined ? approvalsInMemory() : approvalsInFile(places.approvals),
    ...(places === undefined ? {} : { tokens: (url: string) => tokensInFolder(places.tokens, url) }),
  });
}

async function textAt(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Through the jail: a link that leads out of the project names no servers. */
async function projectText(folder: string): Promise<string | undefined> {
  if (isSecretPath(join(folder, projectFile))) return undefined;
  try {
    const files = await openProjectFiles(folder);
    const { text, encoding } = await files.read(projectFile);
    return encoding === 'binary' ? undefined : text;
  } catch {
    // There is none, or it cannot be read.
    return undefined;
  }
}
