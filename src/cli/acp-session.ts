/** A session of an editor: its prompts as turns, its questions as requests for permission, and everything that happens as updates. */
import {
  type AgentContext,
  type ContentBlock,
  methods,
  type PermissionOption,
  type PromptResponse,
  RequestError,
  type SessionUpdate,
} from '@agentclientprotocol/sdk';
import { messageOf, TimonelError } from '../errors.ts';
import type { Language } from '../language/contract.ts';
import type { AcpBuffers } from './acp-buffers.ts';
import { acpCommands, runAcpCommand } from './acp-commands.ts';
import { messageFor } from './acp-prompt.ts';
import { AcpUpdates } from './acp-updates.ts';
import { NotTaken } from './code-mentions.ts';
import { type CodeServer, reach } from './code-server.ts';
import { saidIn, sessionPath, titleSession } from './code-session.ts';
import { type AskedCall, type CodeTurn, codeTurn, type SentText, type TerminalDecision } from './code-turn.ts';
import { sentence } from './code-words.ts';

export interface AcpSessionOptions {
  id: string;
  server: CodeServer;
  client: AgentContext;
  language: Language;
  /** What is not saved in the editor; absent where it does not say. */
  buffers: AcpBuffers | undefined;
}

/** A turn that is under way. */
interface UnderWay {
  run: string | undefined;
  cancelled: boolean;
  /** Resolved once the run was told. */
  told: Promise<unknown>;
  ended: Promise<unknown>;
}

export class AcpSession {
  readonly id: string;
  readonly server: CodeServer;
  readonly #client: AgentContext;
  readonly #language: Language;
  readonly #buffers: AcpBuffers | undefined;
  #turn: UnderWay | undefined;

  constructor({ id, server, client, language, buffers }: AcpSessionOptions) {
    this.id = id;
    this.server = server;
    this.#client = client;
    this.#language = language;
    this.#buffers = buffers;
  }

  #connect = () => this.server.client();

  /** @throws where the editor is gone */
  async #send(update: SessionUpdate): Promise<void> {
    await this.#client.notify(methods.client.session.update, { sessionId: this.id, update });
  }

  #say(text: string): Promise<void> {
    return this.#send({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
  }

  /** The commands that a prompt may begin with. */
  async announce(): Promise<void> {
    const availableCommands = await reach(this.#connect, (client) => acpCommands(client, this.#language));
    await this.#send({ sessionUpdate: 'available_commands_update', availableCommands });
  }

  /** Everything that was said, as it was. */
  async replay(): Promise<void> {
    for (const { role, text } of await reach(this.#connect, (client) => saidIn(client, this.id)))
      await this.#send({
        sessionUpdate: role === 'user' ? 'user_message_chunk' : 'agent_message_chunk',
        content: { type: 'text', text },
      });
  }

  /** Goes on with a turn that another process left: what waits for an answer is asked again. */
  async goOn(): Promise<void> {
    if (this.#turn !== undefined) return;
    const run = await this.#openRun();
    if (run === undefined) return;
    await this.#take({ run });
  }

  async #openRun(): Promise<string | undefined> {
    for (const status of ['waiting', 'running', 'queued']) {
      const { runs } = await reach(this.#connect, (client) =>
        client.get<{ runs: { id: string; conversationId: string }[] }>(`/api/v1/runs?agent=coder&status=${status}&limit=100`),
      );
      const found = runs.find(({ conversationId }) => conversationId === this.id);
      if (found !== undefined) return found.id;
    }
    return undefined;
  }

  /** One turn. @param signal of the request: given up by the editor */
  async prompt(blocks: readonly ContentBlock[], signal: AbortSignal): Promise<PromptResponse> {
    // A turn of before, which may wait for an answer to its question, comes first.
    await this.#turn?.ended.catch(() => undefined);
    const [first] = blocks;
    if (blocks.length === 1 && first?.type === 'text' && first.text.startsWith('/')) {
      const client = await this.server.client();
      const answer = await runAcpCommand({ client, conversation: this.id, data: this.server.home }, first.text, this.#language);
      if (answer !== undefined) {
        if (answer.text !== '') await this.#say(answer.text);
        if (answer.mode !== undefined) await this.#send({ sessionUpdate: 'current_mode_update', currentModeId: answer.mode });
        return { stopReason: 'end_turn' };
      }
    }
    await this.#connectEditor();
    let message: SentText;
    try {
      message = await messageFor(await this.server.client(), this.id, this.server.root, blocks, this.#language);
    } catch (error) {
      if (!(error instanceof NotTaken)) throw error;
      await this.#say(error.message);
      return { stopReason: 'end_turn' };
    }
    const cancel = () => void this.cancel();
    signal.addEventListener('abort', cancel);
    try {
      return await this.#take(message, titleOf(blocks));
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  async #connectEditor(): Promise<void> {
    const address = await this.#buffers?.addressFor({ id: this.id, root: this.server.root });
    if (address === undefined) return;
    await reach(this.#connect, (client) => client.put(`${sessionPath(this.id)}/editor`, address));
  }

  async #take(message: SentText | { run: string }, title?: string): Promise<PromptResponse> {
    const turn: UnderWay = { run: undefined, cancelled: false, told: Promise.resolve(), ended: Promise.resolve() };
    const working = this.#work(turn, message);
    turn.ended = working;
    this.#turn = turn;
    try {
      const ended = await working;
      if (title !== undefined && title !== '') await this.#title(title);
      return ended;
    } finally {
      if (this.#turn === turn) this.#turn = undefined;
    }
  }

  async #work(turn: UnderWay, message: SentText | { run: string }): Promise<PromptResponse> {
    const updates = new AcpUpdates(this.id, this.server.root, (update) => this.#send(update), this.#connect);
    let ended: CodeTurn;
    try {
      ended = await codeTurn(this.#connect, this.id, message, {
        began: (run) => {
          turn.run = run;
          updates.run = run;
          if (turn.cancelled) turn.told = this.#tellCancelled(run);
        },
        text: (delta) => updates.text(delta),
        planned: (calls) => updates.planned(calls),
        decided: (callId, _tool, verdict) => updates.decided(callId, verdict),
        progressed: (_tool, chunk, callId) => updates.progressed(callId, chunk),
        finished: (call) => updates.finished(call, this.#language),
        ask: async (run, call) => {
          updates.run = run;
          await updates.sent();
          return this.#ask(turn, call, updates);
        },
      });
    } catch (error) {
      await updates.sent();
      if (turn.cancelled) return { stopReason: 'cancelled' };
      // What the model does not take is no fault of the editor's.
      if (error instanceof TimonelError && error.code === 'part_unsupported') {
        await this.#say(sentence(this.#language, 'noImages', { reason: error.message }));
        return { stopReason: 'end_turn' };
      }
      throw error;
    }
    const { outcome, error, degraded } = ended.run;
    if (outcome === 'cancelled') {
      await updates.sent();
      return { stopReason: 'cancelled' };
    }
    updates.ended(ended.reply?.text ?? '');
    if (error === undefined && degraded) updates.text(`\n\n${sentence(this.#language, 'degraded')}`);
    await updates.sent();
    if (error !== undefined) {
      if (/^The run reached its limit of .*(?:steps|tool calls)/.test(error.message)) return { stopReason: 'max_turn_requests' };
      throw RequestError.internalError(undefined, sentence(this.#language, 'failed', { message: error.message }));
    }
    return { stopReason: 'end_turn' };
  }

  /** The question goes to the editor, with the answers that the policy allows. Where the editor hangs up it stays open. */
  async #ask(turn: UnderWay, call: AskedCall, updates: AcpUpdates): Promise<TerminalDecision> {
    const { outcome } = await this.#client.request(methods.client.session.requestPermission, {
      sessionId: this.id,
      toolCall: await updates.asked(call, this.#language),
      options: optionsOf(call, this.#language),
    });
    if (outcome.outcome === 'cancelled') {
      await turn.told;
      return { decision: 'reject' };
    }
    switch (outcome.optionId) {
      case 'allow':
        return { decision: 'approve' };
      case 'always':
        return call.pattern === undefined ? { decision: 'approve' } : { decision: 'approve', remember: 'conversation' };
      default:
        return { decision: 'reject' };
    }
  }

  /** Stops the turn: what was done stays done, nothing more begins. */
  async cancel(): Promise<void> {
    const turn = this.#turn;
    if (turn === undefined || turn.cancelled) return;
    turn.cancelled = true;
    if (turn.run !== undefined) turn.told = this.#tellCancelled(turn.run);
    await turn.told;
  }

  /** A run that ended meanwhile is no fault. */
  #tellCancelled(run: string): Promise<unknown> {
    return reach(this.#connect, (client) => client.post(`/api/v1/runs/${run}/cancel`, {})).catch((error: unknown) =>
      console.error(messageOf(error)),
    );
  }

  /** A session that the editor closes: its turn stops. */
  async close(): Promise<void> {
    await this.cancel();
    await this.#turn?.ended.catch(() => undefined);
    await this.leave();
  }

  /** The editor is gone: files are what is on the disk again. */
  async leave(): Promise<void> {
    if (this.#buffers === undefined) return;
    this.#buffers.forget(this.id);
    await (await this.server.client()).delete(`${sessionPath(this.id)}/editor`);
  }

  async #title(text: string): Promise<void> {
    const title = await reach(this.#connect, (client) => titleSession(client, this.id, text));
    if (title !== undefined) await this.#send({ sessionUpdate: 'session_info_update', title });
  }
}

function optionsOf({ pattern }: AskedCall, language: Language): PermissionOption[] {
  return [
    { optionId: 'allow', kind: 'allow_once', name: sentence(language, 'allowOnce') },
    // Where the policy remembers nothing, there is nothing to choose.
    ...(pattern === undefined
      ? []
      : [{ optionId: 'always', kind: 'allow_always' as const, name: sentence(language, 'allowAlways') }]),
    { optionId: 'reject', kind: 'reject_once', name: sentence(language, 'rejectOnce') },
  ];
}

function titleOf(blocks: readonly ContentBlock[]): string {
  return blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(' ');
}
