/** Commands that the user or the project wrote as Markdown: `/review src` says what `commands/review.md` says, with the arguments in their places. */
import { slashCommands } from './flows/commands.ts';
import { parseFrontMatter } from './front-matter.ts';
import type { CoderProject } from './project.ts';
import { projectFolder, type SettingsOrigin } from './settings.ts';
import { listOrNothing, textOrProblem } from './skills.ts';

const mostCommands = 100;
/** Characters of a command with its arguments, so that files fit beside it. */
const mostText = 12_000;

/** Commands of the terminal, which knows them itself. */
export const terminalNames: ReadonlySet<string> = new Set(
  'help mode undo redo checkpoints cost tokens stats sessions resume fork clear export budget memories model exit quit q h reset cls skills hooks mcp diagnostics'.split(
    ' ',
  ),
);

export interface CustomCommand {
  name: string;
  origin: SettingsOrigin;
  description: string;
  /** What it takes, e.g. `[folder]`. */
  hint: string;
  path: string;
  body: string;
  /** Why it cannot be used. */
  problem?: string;
}

/** All of them, the user's first; of two with one name the first is taken. */
export async function customCommandsOf(project: CoderProject): Promise<CustomCommand[]> {
  const builtIn = builtInNames();
  const names = new Set<string>();
  const found: CustomCommand[] = [];
  for (const [origin, folder] of [['user', 'commands'] as const, ['project', `${projectFolder}/commands`] as const]) {
    const files = origin === 'user' ? await project.userFiles() : await project.files();
    if (files === undefined) continue;
    for (const entry of await listOrNothing(files, folder)) {
      if (entry.kind === 'folder' || !entry.name.endsWith('.md') || found.length >= mostCommands) continue;
      const path = `${folder}/${entry.name}`;
      const command = commandOf(entry.name.slice(0, -3), origin, path, await textOrProblem(files, path));
      const problem =
        command.problem ??
        (builtIn.has(command.name)
          ? `/${command.name} is a command of the assistant already. Give the file another name.`
          : names.has(command.name)
            ? `There is another command /${command.name} before it. Give the file another name.`
            : undefined);
      if (problem === undefined) names.add(command.name);
      found.push({ ...command, ...(problem === undefined ? {} : { problem }) });
    }
  }
  return found;
}

function builtInNames(): ReadonlySet<string> {
  return new Set([...terminalNames, ...Object.entries(slashCommands).flatMap(([name, { also = [] }]) => [name, ...also])]);
}

function commandOf(name: string, origin: SettingsOrigin, path: string, text: string | { problem: string }): CustomCommand {
  const empty = { name, origin, path, description: '', hint: '', body: '' };
  if (typeof text !== 'string') return { ...empty, problem: text.problem };
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name))
    return { ...empty, problem: 'The name of its file takes small letters, digits and hyphens, and begins with a letter.' };
  const parsed = parseFrontMatter(text);
  if ('problem' in parsed) return { ...empty, problem: parsed.problem };
  const { head = {}, body } = parsed;
  const said = (field: string) => (typeof head[field] === 'string' ? head[field].trim().slice(0, 200) : '');
  const first =
    body
      .trim()
      .split('\n')[0]
      ?.replace(/^#+\s*/, '') ?? '';
  const command = {
    ...empty,
    description: said('description') || first.slice(0, 100),
    hint: said('argument-hint'),
    body: body.trim(),
  };
  if (command.body === '') return { ...command, problem: 'It says nothing.' };
  return command.body.length > mostText ? { ...command, problem: `It has more than ${mostText} characters.` } : command;
}

/** What a message that begins with a custom command says; `undefined` where it is none. */
export async function expandCommand(project: CoderProject, text: string): Promise<string | undefined> {
  const [, name = '', rest = ''] = /^\/([a-z][a-z0-9-]*)(?:\s+([\s\S]*))?$/.exec(text.trim()) ?? [];
  if (name === '') return undefined;
  const command = (await customCommandsOf(project)).find((each) => each.name === name && each.problem === undefined);
  return command === undefined ? undefined : filledIn(command.body, rest.trim()).slice(0, mostText);
}

/** `$ARGUMENTS` is all that follows the name, `$1` its first word; what is quoted is one word. Without either the arguments follow the text. */
function filledIn(body: string, rest: string): string {
  const words = [...rest.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
  const placed = /\$(?:ARGUMENTS\b|[1-9])/.test(body);
  const filled = body.replace(/\$(?:ARGUMENTS\b|([1-9]))/g, (_all, at: string | undefined) =>
    at === undefined ? rest : (words[Number(at) - 1] ?? ''),
  );
  return placed || rest === '' ? filled : `${filled}\n\n${rest}`;
}
