import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { messageOf } from '../errors.ts';
import { codeHome, mcpPlaces, repositoryRoot } from './code-home.ts';
import { mcpInTerminal, silenceLibrary } from './code-mcp.ts';
import { CodeServer } from './code-server.ts';
import { languageOf } from './code-words.ts';
import { reach } from './local-server.ts';
import { UsageError } from './usage-error.ts';

interface AddOptions {
  url?: string;
  sse?: boolean;
  header?: string[];
  env?: string[];
  allow?: string[];
}

const collect = (value: string, before: string[] = []) => [...before, value];

export function codeMcpCommand(): Command {
  const command = new Command('mcp').description('Servers of the Model Context Protocol that the assistant may use');
  command
    .command('add')
    .description('Name a server in your settings: a program (after --), or an address')
    .argument('<name>', 'letters, digits, _ and -')
    .argument('[command...]', 'the program and its arguments, after --')
    .option('--url <url>', 'the address of a server')
    .option('--sse', 'the address speaks the transport of 2024-11-05')
    .option(
      '--header <header>',
      '"Name: value", sent with each request; can be repeated. A value may name variables of your environment',
      collect,
    )
    .option('--env <variable>', 'NAME=value, or NAME for what it is in your environment; can be repeated', collect)
    .option('--allow <tool>', 'a tool that runs without a question; can be repeated', collect)
    .action((name: string, program: string[], options: AddOptions) => add(name, program, options));
  command
    .command('remove')
    .description('Take a server out of your settings')
    .argument('<name>', 'as it is called there')
    .action((name: string) => remove(name));
  command
    .command('list')
    .description('The servers of your settings and of the project, and their state')
    .action(() => inProject('list'));
  command
    .command('connect')
    .description('Connect a server, to see whether it works; one of the project after you said yes')
    .argument('<name>', 'as it is listed')
    .action((name: string) => inProject(`connect ${name}`));
  command
    .command('login')
    .description('Give access to a server that asks for a sign-in, in a browser of this machine')
    .argument('<name>', 'as it is listed')
    .action((name: string) => inProject(`login ${name}`));
  command
    .command('logout')
    .description('Forget the tokens of a server')
    .argument('<name>', 'as it is listed')
    .action((name: string) => inProject(`logout ${name}`));
  return command;
}

interface SettingsFile {
  mcpServers: Record<string, unknown>;
}

const settingsPath = () => mcpPlaces(codeHome(repositoryRoot('.'))).settings;

function readSettingsFile(path: string): SettingsFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { mcpServers: {} };
    throw error;
  }
  try {
    const found = JSON.parse(text) as Partial<SettingsFile>;
    return { ...found, mcpServers: found.mcpServers ?? {} };
  } catch (error) {
    throw new UsageError(`${path} is no JSON: ${messageOf(error)} Mend it first.`);
  }
}

function writeSettingsFile(path: string, settings: SettingsFile): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomUUID()}`;
  // It may hold tokens of servers.
  writeFileSync(temporary, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(temporary, path);
}

async function add(name: string, program: string[], options: AddOptions): Promise<void> {
  const { url, sse = false, header = [], env = [], allow } = options;
  const [command, ...args] = program;
  if ((url === undefined) === (command === undefined))
    throw new UsageError('Give a program or an address: timonel code mcp add files -- npx -y some-server ., or --url https://…');
  const definition =
    url === undefined
      ? { command, args, ...(env.length === 0 ? {} : { env: Object.fromEntries(env.map(variable)) }) }
      : {
          type: sse ? 'sse' : 'http',
          url,
          ...(header.length === 0 ? {} : { headers: Object.fromEntries(header.map(headerLine)) }),
        };
  const whole = { ...definition, ...(allow === undefined ? {} : { allow }) };
  const path = settingsPath();
  const text = JSON.stringify({ mcpServers: { [name]: whole } });
  // Every command is loaded with the program: what only this one needs is not.
  const { readMcpSettings } = await import('../mcp/settings.ts');
  // A variable may be set later.
  const anything = new Proxy<Record<string, string>>({}, { get: () => 'x' });
  const { faults } = readMcpSettings([{ origin: 'user', path, text, folder: '/' }], anything);
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  const settings = readSettingsFile(path);
  writeSettingsFile(path, { ...settings, mcpServers: { ...settings.mcpServers, [name]: whole } });
  console.log(`${name} is in ${path}.`);
}

function variable(given: string): [string, string] {
  const at = given.indexOf('=');
  return at < 0 ? [given, `\${${given}}`] : [given.slice(0, at), given.slice(at + 1)];
}

function headerLine(given: string): [string, string] {
  const at = given.indexOf(':');
  if (at < 1) throw new UsageError(`--header takes "Name: value", and is "${given}".`);
  return [given.slice(0, at).trim(), given.slice(at + 1).trim()];
}

function remove(name: string): void {
  const path = settingsPath();
  const settings = readSettingsFile(path);
  if (!Object.hasOwn(settings.mcpServers, name)) throw new UsageError(`There is no server "${name}" in ${path}.`);
  const { [name]: _gone, ...left } = settings.mcpServers;
  writeSettingsFile(path, { ...settings, mcpServers: left });
  console.log(`${name} is not in ${path} any more.`);
}

async function inProject(argument: string): Promise<void> {
  silenceLibrary();
  await using server = new CodeServer(repositoryRoot('.'));
  const surface = {
    language: languageOf(),
    line: (text: string) => console.log(text),
    note: (text: string) => console.log(text),
    fault: (text: string) => console.error(text),
    async ask(question: string) {
      if (process.stdin.isTTY !== true) return undefined;
      const lines = createInterface({ input: process.stdin, output: process.stdout });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
  };
  const worked = await reach(
    () => server.client(),
    (client) => mcpInTerminal(client, surface, argument),
  );
  if (!worked) process.exitCode = 1;
}
