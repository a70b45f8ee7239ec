import { Command } from 'commander';
import { runHeadless } from './code-headless.ts';
import { repositoryRoot } from './code-home.ts';
import { silenceLibrary } from './code-mcp.ts';
import { codeMcpCommand } from './code-mcp-command.ts';
import { CodeServer } from './code-server.ts';
import { beginSession, type CodeMode, findSession, modeOf, sessionPath } from './code-session.ts';
import { languageOf } from './code-words.ts';
import { reach } from './local-server.ts';
import { UsageError } from './usage-error.ts';

interface CodeOptions {
  mode?: string;
  prompt?: string;
  json?: boolean;
  resume?: string;
  continue?: boolean;
}

export function codeCommand(): Command {
  return new Command('code')
    .description(
      'Work on the code of a folder with an assistant: it searches, reads, edits, runs, remembers and undoes. Its data is in your data directory; nothing is written into the repository',
    )
    .argument('[folder]', 'a folder of the project; its repository is what is worked in', '.')
    .option(
      '--mode <mode>',
      'plan (reads only), ask (the default), edit (edits unasked), auto (commands unasked in the sandbox, too)',
    )
    .option('-p, --prompt <text>', 'do this and end; exit code 0 done, 1 failed, 2 usage, 3 something needed an approval, 4 budget')
    .option('--json', 'with -p: print one JSON line per event, the last one with the result')
    .option('--resume <id>', 'go on with a session, by the end of its id')
    .option('--continue', 'go on with the latest session')
    .action((folder: string, options: CodeOptions) => code(folder, options))
    .addCommand(codeMcpCommand());
}

async function code(folder: string, options: CodeOptions): Promise<void> {
  const { prompt, json = false } = options;
  const mode = options.mode === undefined ? undefined : modeOf(options.mode);
  if (json && prompt === undefined)
    throw new UsageError('--json goes with -p. For example: timonel code -p "explain src/a.ts" --json');
  if (options.resume !== undefined && options.continue === true)
    throw new UsageError('--resume names a session and --continue takes the latest: give one of them.');
  silenceLibrary();
  const root = repositoryRoot(folder);
  const language = languageOf();
  await using server = new CodeServer(root);
  const connect = () => server.client();
  const conversation = await reach(connect, (client) => sessionFor(client, mode, options));
  if (prompt === undefined) {
    const { talk } = await import('./code-terminal.ts');
    process.exitCode = await talk(server, conversation, language);
    return;
  }
  if (prompt.trim() === '') throw new UsageError('-p needs what is to be done. For example: timonel code -p "explain src/a.ts"');
  process.exitCode = await runHeadless(connect, { prompt, conversation, json, language, print: (line) => console.log(line) });
  await reach(connect, (client) => client.put(sessionPath(conversation), { title: prompt.slice(0, 80) }));
}

async function sessionFor(
  client: Awaited<ReturnType<CodeServer['client']>>,
  mode: CodeMode | undefined,
  options: CodeOptions,
): Promise<string> {
  const wanted =
    options.resume !== undefined ? { id: options.resume } : options.continue === true ? ('latest' as const) : undefined;
  if (wanted === undefined) return beginSession(client, mode ?? 'ask');
  const { conversation } = await findSession(client, wanted);
  if (mode !== undefined) await client.put(sessionPath(conversation), { mode });
  return conversation;
}
