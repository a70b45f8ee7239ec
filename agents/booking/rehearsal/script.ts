/**
 * Conversations as text:
 *
 * ```
 * > what the customer says
 * < a regular expression that the reply matches; several lines where several must match
 * ! an expression that it must not match
 * [outcome awaiting]
 * = tools that were called, in order
 * ```
 */
import { Chat, type Said } from './chat.ts';
import { openSalon } from './plan.ts';

/** Plays a script and throws, with the conversation so far, at the first line that does not come true. */
export function rehearse(script: string, chat: Chat = new Chat(openSalon())): Chat {
  const transcript: string[] = [];
  let said: Said | undefined;
  const check = (holds: boolean, line: string): void => {
    if (!holds) throw new Error(`"${line}" does not hold:\n${transcript.join('\n')}`);
  };
  for (const line of script
    .split('\n')
    .map((one) => one.trim())
    .filter((one) => one !== '')) {
    const rest = line.slice(1).trim();
    const reply = said;
    if (line.startsWith('>')) {
      said = chat.says(rest);
      transcript.push(line, `    ${said.text}`, `    [${statusOf(said)}] = ${toolsOf(said)}`);
    } else if (reply === undefined) throw new Error(`The script begins with "${line}": the customer speaks first.`);
    else if (line.startsWith('<')) check(new RegExp(rest, 'iu').test(reply.text), line);
    else if (line.startsWith('!')) check(!new RegExp(rest, 'iu').test(reply.text), line);
    else if (line.startsWith('[')) check(statusOf(reply) === line.slice(1, -1), line);
    else if (line.startsWith('=')) check(toolsOf(reply) === rest, line);
    else throw new Error(`"${line}" is no line of a script.`);
  }
  return chat;
}

function statusOf(said: Said): string {
  return said.awaiting === undefined ? said.outcome : `${said.outcome} ${said.awaiting}`;
}

function toolsOf(said: Said): string {
  return said.calls.map((call) => call.tool).join(', ');
}
