/** The conversation in a terminal, line by line. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { messageOf, TimonelError } from '../errors.ts';
import type { Language } from '../language/contract.ts';
import { type CommandState, runCommandOf } from './code-commands.ts';
import { expanded, extensionsOf, tellFaults } from './code-extensions.ts';
import { TerminalLines, type TerminalStreams } from './code-lines.ts';
import { unapprovedNotice } from './code-mcp.ts';
import { withFiles } from './code-mentions.ts';
import { askAbout } from './code-question.ts';
import { Screen, summaryOf } from './code-screen.ts';
import type { CodeServer } from './code-server.ts';
import { type CodeMode, sessionPath, titleSession } from './code-session.ts';
import { terminalText } from './code-text.ts';
import { codeTurn } from './code-turn.ts';
import { sentence } from './code-words.ts';
import { reach } from './local-server.ts';

/** Within so many milliseconds a second Ctrl-C means the terminal, not the turn. */
const twiceMs = 2_000;

/** @returns the exit code */
export async function talk(
  server: Pick<CodeServer, 'client' | 'root' | 'home' | 'serves'>,
  conversation: string,
  language: Language,
  streams: TerminalStreams = { input: process.stdin, output: process.stdout },
): Promise<number> {
  const colours = streams.output.isTTY === true && process.env['NO_COLOR'] === undefined;
  const screen = new Screen(streams.output, language, colours);
  await screen.open();
  using lines = new TerminalLines(streams);
  const state: CommandState = {
    client: await server.client(),
    screen,
    conversation,
    data: server.home,
    ask: (question) => lines.line(question),
  };
  await greet(server, state);
  const turn = new RunningTurn(server, screen);
  lines.onInterrupt = () => turn.interrupt(lines);
  for (;;) {
    const text = await lines.message('› ');
    if (text === undefined || turn.leaving) return 0;
    if (text.trim() === '') continue;
    turn.heard();
    try {
      state.client = await server.client();
      if (text.startsWith('!')) {
        await runHere(text.slice(1), server.root, screen);
        continue;
      }
      const command = text.startsWith('/') ? await runCommandOf(state, text) : false;
      if (command === 'exit') return 0;
      if (command) continue;
      await turn.take(state.conversation, text, lines);
    } catch (error) {
      const unseen = error instanceof TimonelError && error.code === 'part_unsupported';
      screen.fault(unseen ? sentence(language, 'noImages', { reason: error.message }) : messageOf(error));
    }
    if (turn.leaving) return 0;
  }
}

async function greet(
  { root, serves }: Pick<CodeServer, 'root' | 'serves'>,
  { client, screen, conversation }: CommandState,
): Promise<void> {
  const { language } = screen;
  const { mode } = await client.get<{ mode: CodeMode }>(sessionPath(conversation));
  const { routes } = await client.get<{ routes: { alias: string; targets: { model: string }[] }[] }>('/api/v1/routes');
  const model = routes.find(({ alias }) => alias === 'default')?.targets[0]?.model;
  const shown = model === undefined ? sentence(language, 'noModel') : `, ${model}`;
  screen.line(terminalText(sentence(language, 'hello', { root, mode, model: shown })));
  if (!serves) screen.note(sentence(language, 'attached'));
  tellFaults(screen, await extensionsOf(client));
  const waiting = await unapprovedNotice(client, language);
  if (waiting !== undefined) screen.note(waiting);
}

/** The turn that is under way, if one is. */
class RunningTurn {
  readonly #server: Pick<CodeServer, 'client' | 'root'>;
  readonly #screen: Screen;
  #run: string | undefined;
  #under = false;
  #interruptedAt = Number.NEGATIVE_INFINITY;
  leaving = false;

  constructor(server: Pick<CodeServer, 'client' | 'root'>, screen: Screen) {
    this.#server = server;
    this.#screen = screen;
  }

  /** A line was typed: an interrupt before it and one after it are not two in a row. */
  heard(): void {
    this.#interruptedAt = Number.NEGATIVE_INFINITY;
  }

  /** Once: the turn ends, what was done stays done. Twice: the terminal is left. */
  interrupt(lines: TerminalLines): void {
    const now = performance.now();
    const twice = now - this.#interruptedAt < twiceMs;
    this.#interruptedAt = now;
    if (twice) {
      this.leaving = true;
      lines.abandon();
    } else if (!this.#under) this.#screen.note(sentence(this.#screen.language, 'again'));
    if (!this.#under) return;
    lines.abandon();
    const run = this.#run;
    if (run === undefined) return;
    // A run that ended meanwhile is no fault.
    void this.#server
      .client()
      .then((client) => client.post(`/api/v1/runs/${run}/cancel`, {}))
      .catch(() => undefined);
  }

  async take(conversation: string, text: string, lines: TerminalLines): Promise<void> {
    const screen = this.#screen;
    const { language } = screen;
    const connect = () => this.#server.client();
    const client = await connect();
    this.#under = true;
    this.#run = undefined;
    screen.busy('…');
    try {
      const message = await withFiles(client, conversation, await expanded(client, text));
      const ended = await codeTurn(connect, conversation, message, {
        began: (run) => {
          this.#run = run;
        },
        text: (delta) => screen.reply(delta),
        planned: (calls) => {
          screen.endReply();
          const [first] = calls;
          screen.busy(first === undefined ? '…' : `${first.tool} ${summaryOf(first.tool, first.args)}`);
        },
        progressed: (tool, chunk) => screen.busy(`${tool}: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}`),
        finished: (call) => {
          screen.call(call);
          screen.busy('…');
        },
        ask: async (_run, call) => askAbout(await connect(), conversation, call, screen, lines),
      });
      screen.endTurn(ended.reply?.text ?? '');
      if (ended.run.outcome === 'cancelled') screen.note(sentence(language, 'cancelled'));
      else if (ended.run.error !== undefined) screen.fault(sentence(language, 'failed', { message: ended.run.error.message }));
      else if (ended.run.degraded) screen.note(sentence(language, 'degraded'));
      await reach(connect, (now) => titleSession(now, conversation, text));
    } finally {
      this.#under = false;
      screen.endTurn('');
    }
  }
}

/** What the person runs is theirs: in their shell, and seen by nobody else. */
async function runHere(command: string, root: string, screen: Screen): Promise<void> {
  const shell = process.env['SHELL'] ?? '/bin/sh';
  const child = spawn(shell, ['-c', command], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => screen.raw(terminalText(chunk.toString())));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) screen.fault(`exit ${code ?? '?'}`);
}
