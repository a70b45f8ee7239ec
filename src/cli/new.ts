import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command, Option } from 'commander';
import { blankFiles, type NamedAgent, projectFile } from './new-blank-files.ts';
import { dialogueFiles } from './new-dialogue-files.ts';
import { projectFiles } from './new-project-files.ts';
import { toolsFiles } from './new-tools-files.ts';
import { UsageError } from './usage-error.ts';

export function newCommand(): Command {
  const agent = new Command('agent')
    .description('Write a working agent with its tests, and a timonel.config.ts where there is none')
    .argument('<name>', 'kebab-case name, e.g. front-desk')
    .addOption(
      new Option(
        '--template <template>',
        'tools: an agent with tools, policy, flows and a table; blank: the least that runs; dialogue: tools, with flows of slots and tasks',
      )
        .choices(Object.keys(templates))
        .default('tools'),
    )
    .option('--json', 'print the written files as JSON')
    .action((name: string, options: { template: keyof typeof templates; json?: boolean }) => {
      const { written, changed } = writeAgent(process.cwd(), name, templates[options.template]);
      if (options.json === true) console.log(JSON.stringify({ written, changed }));
      else {
        console.log(['Written:', ...written.map((path) => `  ${path}`)].join('\n'));
        if (changed.length > 0) console.log(['Added to:', ...changed.map((path) => `  ${path}`)].join('\n'));
        if (!written.includes('timonel.config.ts')) {
          console.log(`\nAdd it to timonel.config.ts: import { ${camelCase(name)} } from './agents/${name}/agent.ts';`);
        }
        console.log(
          `\nInstall:  npm install\nTest it:  npm test && npx timonel eval ${name}\nStart it: npx timonel up\nTalk:     npx timonel chat ${name}`,
        );
      }
    });
  return new Command('new').description('Write the start of something').addCommand(agent);
}

const templates = { tools: toolsFiles, blank: blankFiles, dialogue: dialogueFiles } as const;

/** @returns paths relative to `folder`: of new files, and of those that lacked something. Nothing that is in a file is touched. */
function writeAgent(
  folder: string,
  name: string,
  template: (named: NamedAgent) => Record<string, string>,
): { written: string[]; changed: string[] } {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) {
    throw new UsageError(`"${name}" cannot be the name of an agent. Use small letters, digits and hyphens, e.g. front-desk.`);
  }
  if (existsSync(join(folder, 'agents', name)))
    throw new UsageError(`There is already a folder agents/${name}. Choose another name.`);
  const named: NamedAgent = { name, variable: camelCase(name), prefix: name.replaceAll('-', '_') };
  const files = new Map(Object.entries(template(named)).map(([file, text]) => [join('agents', name, file), text]));
  if (!existsSync(join(folder, 'timonel.config.ts'))) files.set('timonel.config.ts', projectFile(named));
  const around = projectFiles(folder);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { flag: 'wx' });
  }
  const changed = [...around.keys()].filter((path) => existsSync(join(folder, path)));
  for (const [path, text] of around) writeFileSync(join(folder, path), text);
  return { written: [...files.keys(), ...around.keys()].filter((path) => !changed.includes(path)), changed };
}

function camelCase(name: string): string {
  return name.replaceAll(/-+([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()).replaceAll('-', '');
}
