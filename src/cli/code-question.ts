/** What a person is asked about a call, and what they answer. */
import type { ApiClient } from './api-client.ts';
import type { TerminalLines } from './code-lines.ts';
import { type Screen, summaryOf } from './code-screen.ts';
import { sessionPath } from './code-session.ts';
import { terminalText } from './code-text.ts';
import type { AskedCall, TerminalDecision } from './code-turn.ts';
import { sentence } from './code-words.ts';

/** Shows the call as it would be made, and asks until there is an answer. The end of the input is a no. */
export async function askAbout(
  client: ApiClient,
  conversation: string,
  call: AskedCall,
  screen: Screen,
  lines: TerminalLines,
): Promise<TerminalDecision> {
  screen.line();
  screen.line(
    screen.styled('yellow', terminalText(`? ${call.tool} ${call.tool === 'run' ? '' : summaryOf(call.tool, call.args)}`)),
  );
  if (call.tool === 'edit' || call.tool === 'write') screen.diff(await previewOf(client, conversation, call));
  screen.line(terminalText(call.reason[screen.language]));
  const always = call.pattern !== undefined;
  for (;;) {
    const answer = await lines.line(sentence(screen.language, always ? 'ask' : 'askOnce'));
    if (answer === undefined) return { decision: 'reject' };
    const decision = decisionOf(answer, always);
    if (decision !== undefined) return decision;
  }
}

/** `undefined`: it is neither a yes nor a no. */
export function decisionOf(answer: string, always: boolean): TerminalDecision | undefined {
  const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(answer) ?? [];
  const folded = word.toLowerCase().replace(/[.,!]+$/, '');
  if (['y', 'yes', 's', 'si', 'sí'].includes(folded) && rest === '') return { decision: 'approve' };
  if (['a', 'always', 'siempre'].includes(folded) && rest === '' && always)
    return { decision: 'approve', remember: 'conversation' };
  if (['n', 'no'].includes(folded)) return { decision: 'reject', ...(rest === '' ? {} : { reason: rest.slice(0, 500) }) };
  return undefined;
}

async function previewOf(client: ApiClient, conversation: string, { tool, args }: AskedCall): Promise<string> {
  try {
    return (await client.post<{ diff: string }>(`${sessionPath(conversation)}/preview`, { tool, args })).diff;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
