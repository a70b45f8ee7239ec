/** Commands of the terminal in an editor: what they print is said. Those of the analysis are messages like any other. */
import { Writable } from 'node:stream';
import type { AvailableCommand } from '@agentclientprotocol/sdk';
import type { Language } from '../language/contract.ts';
import type { ApiClient } from './api-client.ts';
import { type CommandState, runCommandOf, terminalCommands } from './code-commands.ts';
import { extensionsOf } from './code-extensions.ts';
import { Screen } from './code-screen.ts';
import { coderPath } from './code-server.ts';
import { type CodeMode, sessionPath } from './code-session.ts';

/** Those that leave the session that the editor shows are the editor's own to do. */
const ofTerminals: ReadonlySet<string> = new Set(['resume', 'fork', 'clear', 'exit', 'tokens', 'stats']);

export async function acpCommands(client: ApiClient, language: Language): Promise<AvailableCommand[]> {
  const { commands } = await client.get<{ commands: { name: string; usage: string; es: string; en: string }[] }>(
    `${coderPath}/slash-commands`,
  );
  const own = Object.entries(terminalCommands)
    .filter(([name]) => !ofTerminals.has(name))
    .map(([name, { takes, ...text }]) => available(name, text[language], takes));
  const custom = (await extensionsOf(client)).commands
    .filter(({ problem }) => problem === null)
    .map(({ name, description, hint }) => available(name, description === '' ? name : description, hint));
  const names = new Set(own.map(({ name }) => name));
  const others = commands
    .filter(({ name }) => !names.has(name))
    .map(({ name, usage, ...text }) => available(name, text[language], usage.replace(/^\S+\s*/, '')));
  return [...own, ...others, ...custom];
}

function available(name: string, description: string, takes: string | undefined): AvailableCommand {
  return { name, description, ...(takes === undefined || takes === '' ? {} : { input: { hint: takes } }) };
}

/** @returns what a command of the terminal printed; `undefined` where the text is none of them */
export async function runAcpCommand(
  place: Omit<CommandState, 'screen'>,
  text: string,
  language: Language,
): Promise<{ text: string; mode?: CodeMode } | undefined> {
  const name = /^\/([a-z?-]+)/.exec(text)?.[1] ?? '';
  if (ofTerminals.has(name)) return undefined;
  const printed: string[] = [];
  const output = Object.assign(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        printed.push(chunk.toString());
        done();
      },
    }),
    { columns: 120, isTTY: false },
  );
  const taken = await runCommandOf({ ...place, screen: new Screen(output, language, false) }, text);
  if (taken === false) return undefined;
  const said = printed.join('').trimEnd();
  const shown = said === '' ? '' : `\`\`\`\`text\n${said}\n\`\`\`\``;
  if (name !== 'mode') return { text: shown };
  const { mode } = await place.client.get<{ mode: CodeMode }>(sessionPath(place.conversation));
  return { text: shown, mode };
}
