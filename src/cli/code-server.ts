/** The Timonel of a repository. */
import { codingProject } from '../bundled-project.ts';
import { codeHome, codeSettings, mcpPlaces, userSettingsFolder } from './code-home.ts';
import { LocalServer } from './local-server.ts';

/** What is asked of the agent of a project. */
export const coderPath = '/api/v1/agents/coder';

export class CodeServer extends LocalServer {
  readonly root: string;

  constructor(root: string) {
    const home = codeHome(root);
    super({
      home,
      settings: () => codeSettings(home),
      project: () => codingProject(root, process.env, userSettingsFolder(), mcpPlaces(home)),
      keyName: 'timonel code',
      isOurs: async (client) => (await client.get<{ folder: string }>(`${coderPath}/project`)).folder === root,
    });
    this.root = root;
  }
}
