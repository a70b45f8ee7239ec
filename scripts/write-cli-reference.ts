/** Writes `docs/reference/cli.md` from the commands of the program itself: `npm run reference`. */
import { writeFileSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { createProgram } from '../src/cli/program.ts';

const target = new URL('../docs/reference/cli.md', import.meta.url);

/** The text of the page. */
export function cliReference(): string {
  const program = createProgram();
  return `${[header, contents(program), ...program.commands.flatMap((command) => sections(command, ['timonel']))].join('\n\n')}\n`;
}

const header = `# Command line

Every command of \`timonel\`, its arguments and its options, as \`timonel <command> --help\` shows them. Exit codes: 0 it worked, 1 it did not, 2 the call
was wrong. \`npm run reference\` writes this page from the program.`;

function contents(program: Command): string {
  const rows = program.commands.map(
    (command) => `| [\`timonel ${command.name()}\`](#timonel-${command.name()}) | ${cell(command.description())} |`,
  );
  return ['| command | what it does |', '|---|---|', ...rows].join('\n');
}

function sections(command: Command, before: readonly string[]): string[] {
  const path = [...before, command.name()];
  const parts = [`${'#'.repeat(path.length)} ${path.join(' ')}`, `${command.description().replace(/\.?$/, '.')}`];
  // A command that only holds others is not called by itself.
  if (command.commands.length === 0) parts.push(`\`\`\`\n${path.join(' ')} ${command.usage()}\n\`\`\``);
  const rows = [
    ...command.registeredArguments.map((argument) => {
      const name = argument.variadic ? `${argument.name()}...` : argument.name();
      return `| \`${argument.required ? `<${name}>` : `[${name}]`}\` | ${cell(described(argument))} |`;
    }),
    ...command.options.filter(({ hidden }) => !hidden).map((option) => `| \`${option.flags}\` | ${cell(described(option))} |`),
  ];
  if (rows.length > 0) parts.push(['| argument or option | meaning |', '|---|---|', ...rows].join('\n'));
  return [parts.join('\n\n'), ...command.commands.flatMap((each) => sections(each, path))];
}

/** What it means, with its choices and its default where it has them. */
function described({ description, argChoices, defaultValue }: Pick<Option, 'description' | 'argChoices' | 'defaultValue'>): string {
  const choices = argChoices === undefined ? '' : `; one of ${argChoices.map((choice) => `\`${choice}\``).join(', ')}`;
  return `${description}${choices}${defaultValue === undefined ? '' : `; \`${String(defaultValue)}\` by default`}`;
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');

if (import.meta.main) writeFileSync(target, cliReference());
