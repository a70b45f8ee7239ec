/** One message to `codegen`, from its sending to its end: stages are shown as they happen, and an approval is asked about where there is a person. */
import type { Language } from '../language/contract.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { ApiClient } from './api-client.ts';
import { TerminalLines } from './code-lines.ts';
import { terminalText } from './code-text.ts';
import { type AskedCall, type CodeTurn, codeTurn, type TerminalDecision } from './code-turn.ts';
import { codegenPath, type Execution } from './codegen-client.ts';
import { codegenSentence } from './codegen-words.ts';
import { reach } from './local-server.ts';

/** What a command ended with. `waiting`: somebody has to decide or answer. */
export const codegenExits = { done: 0, failed: 1, usage: 2, waiting: 3, budget: 4 } as const;

export interface RunOptions {
  language: Language;
  /** One JSON line per event. */
  json: boolean;
  /** A person sits there and can be asked. */
  person: boolean;
  print(line: string): void;
}

type Message = { text: string } | { run: string };

/** @returns the exit code */
export async function runMessage(
  connect: () => Promise<ApiClient>,
  conversation: string,
  message: Message,
  options: RunOptions,
): Promise<number> {
  const { language, json, print } = options;
  const event = (type: string, data: object) => {
    if (json) print(JSON.stringify({ type, ...data }));
  };
  let changes: string | undefined;
  const turn = await codeTurn(connect, conversation, message, {
    began: (run) => event('run', { run, conversation }),
    text: () => undefined,
    planned: () => undefined,
    progressed(tool, chunk) {
      event('progress', { tool, ...(chunk as object) });
      const line = progressLine(chunk as JsonObject, language);
      if (!json && line !== undefined) console.error(terminalText(`  ${line}`));
    },
    finished: ({ tool, status, milliseconds }) => event('stage', { tool, status, milliseconds }),
    async ask(run, call) {
      event('question', {
        run,
        call: call.callId,
        tool: call.tool,
        args: call.args,
        rule: call.rule,
        reason: call.reason[language],
      });
      if (!options.person || json) {
        if (!json) print(terminalText(call.reason[language]));
        return 'later';
      }
      const decided = await askPerson(connect, call, language);
      if (typeof decided === 'object' && 'modify' in decided) {
        changes = decided.modify;
        return { decision: 'reject', reason: changes.slice(0, 500) };
      }
      return decided;
    },
  });
  if (changes !== undefined) return runMessage(connect, conversation, { text: `/modify ${changes}` }, options);
  const exitCode = exitOf(turn);
  const id = await reach(connect, (client) => executionOf(client, conversation));
  event('result', {
    exitCode,
    outcome: turn.run.outcome,
    reply: turn.reply?.text ?? null,
    execution: id ?? null,
    ...(turn.run.error === undefined ? {} : { error: turn.run.error }),
  });
  if (json) return exitCode;
  // What waits was shown, and who decides sits here or comes later.
  const waits = turn.run.outcome === 'awaiting_approval';
  if (!waits && turn.reply !== null && turn.reply.text !== '') print(terminalText(turn.reply.text));
  if (turn.run.error !== undefined) console.error(terminalText(turn.run.error.message));
  if (turn.run.outcome === 'awaiting_approval' && id !== undefined)
    print(codegenSentence(language, 'later', { id: id.id.slice(-12) }));
  return exitCode;
}

/** The latest generation of a conversation. */
async function executionOf(client: ApiClient, conversation: string): Promise<Execution | undefined> {
  const { executions } = await client.get<{ executions: Execution[] }>(`${codegenPath}/executions?limit=50`);
  return executions.find(({ conversationId }) => conversationId === conversation);
}

function exitOf({ run: { outcome, error } }: CodeTurn): number {
  if (/budget/i.test(error?.code ?? '') || /limit of US\$/.test(error?.message ?? '')) return codegenExits.budget;
  if (outcome === 'awaiting_approval' || outcome === 'awaiting_input') return codegenExits.waiting;
  return outcome === 'replied' ? codegenExits.done : codegenExits.failed;
}

function progressLine(chunk: JsonObject, language: Language): string | undefined {
  const { stage, task, state } = chunk;
  if (typeof task === 'string' && typeof state === 'string') return codegenSentence(language, 'task', { task, state });
  return typeof stage === 'string' ? codegenSentence(language, 'stage', { stage }) : undefined;
}

/** Shows what would be written, and asks until there is an answer. The end of the input leaves it open. */
async function askPerson(
  connect: () => Promise<ApiClient>,
  call: AskedCall,
  language: Language,
): Promise<TerminalDecision | 'later' | { modify: string }> {
  using lines = new TerminalLines({ input: process.stdin, output: process.stdout });
  console.log(terminalText(`\n${call.reason[language]}\n`));
  for (;;) {
    const answer = await lines.line(codegenSentence(language, 'ask'));
    const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(answer ?? 'l') ?? [];
    switch (word.toLowerCase()) {
      case 'a':
      case 'approve':
      case 'aprobar':
        return { decision: 'approve' };
      case 'r':
      case 'reject':
      case 'rechazar':
        return { decision: 'reject', ...(rest === '' ? {} : { reason: rest.slice(0, 500) }) };
      case 'm':
      case 'modify':
      case 'modificar': {
        const wanted = rest !== '' ? rest : await lines.line(codegenSentence(language, 'whatToChange'));
        if (wanted !== undefined && wanted.trim() !== '') return { modify: wanted.trim() };
        break;
      }
      case 'd':
      case 'diff':
        console.log(
          terminalText(
            await reach(connect, (client) => client.text(`${codegenPath}/executions/${String(call.args['generation'])}/diff`)),
          ),
        );
        break;
      case 'l':
      case 'later':
      case 'después':
        return 'later';
      default:
    }
  }
}

/** Decides about what a generation offers, from anywhere and after any restart. */
export async function decideAbout(
  connect: () => Promise<ApiClient>,
  { conversationId }: Execution,
  decision: { decision: 'approve' } | { decision: 'reject'; reason?: string },
  options: RunOptions,
): Promise<number | undefined> {
  // A commit, its merge and its revert are asked about in runs of their own.
  const { runs } = await reach(connect, (client) =>
    client.get<{ runs: { id: string; outcome: string | null }[] }>(`/api/v1/runs?conversation=${conversationId}&limit=50`),
  );
  const runId = runs.find(({ outcome }) => outcome === 'awaiting_approval')?.id;
  if (runId === undefined) return undefined;
  const { approvals } = await reach(connect, (client) => client.get<{ approvals: AskedCall[] }>(`/api/v1/runs/${runId}`));
  const waiting = approvals.find(({ status }) => status === 'pending');
  if (waiting === undefined) return undefined;
  await reach(connect, (client) => client.post(`/api/v1/runs/${runId}/approvals/${waiting.callId}`, decision));
  return runMessage(connect, conversationId, { run: runId }, { ...options, person: false });
}
