/** One prompt without a terminal: for scripts and CI. Nobody can be asked, so what would be a question is refused, and told. */
import { messageOf } from '../errors.ts';
import type { Language } from '../language/contract.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { ApiClient } from './api-client.ts';
import { expanded } from './code-extensions.ts';
import { withFiles } from './code-mentions.ts';
import { reach } from './code-server.ts';
import { type ListedChange, sessionPath } from './code-session.ts';
import { terminalText } from './code-text.ts';
import { type AskedCall, type CodeTurn, codeTurn } from './code-turn.ts';
import { sentence } from './code-words.ts';

/** What a turn ended with, for the exit code of the process. */
export const exitCodes = { done: 0, failed: 1, usage: 2, needsApproval: 3, budget: 4 } as const;

export interface HeadlessOptions {
  prompt: string;
  conversation: string;
  json: boolean;
  language: Language;
  print: (line: string) => void;
}

/** @returns the exit code */
export async function runHeadless(connect: () => Promise<ApiClient>, options: HeadlessOptions): Promise<number> {
  const { conversation, json, language, print } = options;
  const event = (type: string, data: object) => {
    if (json) print(JSON.stringify({ type, ...data }));
  };
  const refused: { tool: string; args: JsonObject; rule: string; reason: string }[] = [];
  event('session', { session: conversation });
  let turn: CodeTurn;
  try {
    const message = await reach(connect, async (client) => withFiles(client, conversation, await expanded(client, options.prompt)));
    turn = await codeTurn(connect, conversation, message, {
      began: (run) => event('run', { run }),
      text: (text) => event('text', { text }),
      planned: () => undefined,
      progressed: (tool, output) => event('progress', { tool, output }),
      finished: ({ callId, tool, args, status, output, reason }) =>
        event('call', {
          call: callId,
          tool,
          args,
          status,
          output: output ?? null,
          ...(reason === undefined ? {} : { reason: reason[language] }),
        }),
      async ask(_run, call: AskedCall) {
        refused.push({ tool: call.tool, args: call.args, rule: call.rule, reason: call.reason[language] });
        event('question', {
          call: call.callId,
          tool: call.tool,
          args: call.args,
          rule: call.rule,
          reason: call.reason[language],
          decision: 'refused',
        });
        return { decision: 'reject', reason: sentence(language, 'noTerminal') };
      },
    });
  } catch (error) {
    if (!json) throw error;
    event('result', { exitCode: exitCodes.failed, outcome: 'failed', error: { message: messageOf(error) } });
    return exitCodes.failed;
  }
  const exitCode = exitCodeOf(turn, refused.length);
  if (json) {
    const { changes } = await reach(connect, (client) =>
      client.get<{ changes: ListedChange[] }>(`${sessionPath(conversation)}/changes`),
    );
    const ofRun = changes.filter(({ runId }) => runId === turn.run.id);
    event('result', {
      exitCode,
      session: conversation,
      run: turn.run.id,
      outcome: turn.run.outcome,
      reply: turn.reply?.text ?? null,
      degraded: turn.run.degradedReason ?? null,
      changed: [...new Set(ofRun.flatMap(({ files }) => files.map(({ path }) => path)))].sort(),
      refused,
      usage: turn.run.usage,
      ...(turn.run.error === undefined ? {} : { error: turn.run.error }),
    });
    return exitCode;
  }
  print(terminalText(turn.reply?.text ?? ''));
  for (const { tool, reason } of refused)
    console.error(terminalText(`  ${tool}: ${reason}\n  ${sentence(language, 'noTerminal')}`));
  if (turn.run.error !== undefined) console.error(terminalText(sentence(language, 'failed', { message: turn.run.error.message })));
  return exitCode;
}

function exitCodeOf({ run: { outcome, error, degradedReason } }: CodeTurn, refused: number): number {
  // Money that is reserved before a call, and is not there: analysis may have answered all the same.
  if (
    /budget/i.test(`${error?.code ?? ''} ${error?.message ?? ''} ${degradedReason ?? ''}`) ||
    /^The run reached its limit of US\$/.test(error?.message ?? '')
  )
    return exitCodes.budget;
  if (refused > 0) return exitCodes.needsApproval;
  return outcome === 'replied' || outcome === 'awaiting_input' ? exitCodes.done : exitCodes.failed;
}
