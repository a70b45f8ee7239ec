/** `send` as tools and jobs have it: checks of what is sent, and the key under which a retry sends nothing. */
import { TimonelError } from '../errors.ts';
import type { Language } from '../language/contract.ts';
import type { AsRuntime } from '../store/transaction-client.ts';
import type { LocalizedText, LocationPart, MediaPart } from '../vocabulary.ts';
import type { NewAgentMessage, StoredAgentMessage } from './agent-messages.ts';

/** A message that an agent sends by itself. */
export interface AgentMessage {
  /** Id of an open conversation with the same agent in the same workspace. */
  conversation: string;
  /**
   * What it is made of: one text at least, 16,000 characters together, 20 parts at most. Pictures and files are artifacts of the
   * conversation, or such that the agent made without one (`partOf`): those belong to the conversation from then on. A text in two languages is
   * said in the one that the person writes.
   */
  parts: readonly ({ type: 'text'; text: string | LocalizedText } | MediaPart | LocationPart)[];
  /** Quick answers that a channel may show as buttons: 10 at most, up to 200 characters each. */
  options?: readonly string[];
  /**
   * Names the message within its conversation, 1 to 200 characters: a second one with the same key is not sent, whatever it says. Where absent, it is
   * named by the call or the job, and by how many that has sent before: made again, it sends the same ones once.
   */
  key?: string;
}

/** What became of a message that an agent sent. */
export interface AgentMessageSent {
  /** The run that stands for it: its events, its rating. */
  runId: string;
  turn: number;
  /** Whether it was stored now; `false` where a message with its key is there already. */
  sent: boolean;
}

export interface SendsMessages {
  /**
   * Stores a message of the agent in a conversation: people see it in the transcript, readers of a turn under way as `message-sent`, and the
   * next turn's model as something that the agent said. Within a `write` tool whose effect is in our database it is part of the transaction.
   * @throws TimonelError `message_invalid`, `conversation_not_found`, `conversation_closed` (also where its data was erased),
   *   `workspace_disabled`, `artifact_not_found`
   */
  send(message: AgentMessage): Promise<AgentMessageSent>;
}

/** A message that was stored. */
export interface MessageSent extends Omit<NewAgentMessage, 'key'>, Pick<StoredAgentMessage, 'turn' | 'activeRun'> {}

/** Of the transaction at hand, where there is one. */
type RuntimeClient = Parameters<Parameters<AsRuntime>[0]>[0] | undefined;

export interface SendRuntime {
  newId(): string;
  store(message: NewAgentMessage, client: RuntimeClient): Promise<StoredAgentMessage>;
  /** The language of the person in a conversation, as far as their messages tell it; else the agent's. */
  languageOf(message: { workspaceId: string; agent: string; conversationId: string }, client: RuntimeClient): Promise<Language>;
  /** Tells of a message once it is committed. */
  tell(message: MessageSent): void;
}

/** Who sends. */
export interface SendingPlace {
  workspaceId: string;
  agent: string;
  /** The same for every attempt at the call or job. */
  idempotencyKey: string;
  by: string;
}

const longestText = 16_000;
const mostParts = 20;
const mostOptions = 10;
const longestOption = 200;
const longestKey = 200;

/** @param within a transaction that the messages are part of; they are then told of by whoever commits it, through `later`. */
export function sendFrom(
  place: SendingPlace,
  runtime: SendRuntime,
  within?: { asRuntime: AsRuntime; later(message: MessageSent): void },
): SendsMessages['send'] {
  let count = 0;
  return async ({ conversation, parts, options = [], key }) => {
    const { workspaceId, agent, by } = place;
    const run = <T>(work: (client: RuntimeClient) => Promise<T>) =>
      within === undefined ? work(undefined) : within.asRuntime(work);
    const language = parts.some((part) => part.type === 'text' && typeof part.text === 'object')
      ? await run((client) => runtime.languageOf({ workspaceId, agent, conversationId: conversation }, client))
      : 'en';
    const said = checked(parts, options, key, language);
    const message: NewAgentMessage = {
      workspaceId,
      agent,
      conversationId: conversation,
      runId: runtime.newId(),
      ...said,
      options,
      // With a space, which no key of a caller has.
      key: key === undefined ? `sent ${place.idempotencyKey}:${count}` : `sent as ${key}`,
      by,
    };
    count += 1;
    const { runId, turn, known, activeRun } = await run((client) => runtime.store(message, client));
    if (!known) (within?.later ?? runtime.tell)({ ...message, turn, activeRun });
    return { runId, turn, sent: !known };
  };
}

function checked(parts: AgentMessage['parts'], options: readonly string[], key: string | undefined, language: Language) {
  const texts: string[] = [];
  const rest: (MediaPart | LocationPart)[] = [];
  if (!Array.isArray(parts) || parts.length > mostParts)
    throw invalid(`A message has 1 to ${mostParts} parts, e.g. [{ type: 'text', text: 'Your book is here.' }].`);
  for (const part of parts as AgentMessage['parts']) {
    if (part.type === 'text') texts.push(typeof part.text === 'string' ? part.text : part.text[language]);
    else rest.push(part);
  }
  const text = texts.join('\n').toWellFormed();
  if (text.trim() === '') throw invalid('A message of an agent has a text: channels that take nothing else show it alone.');
  if (text.length > longestText)
    throw invalid(`The text of a message has up to ${longestText} characters, and this one has ${text.length}.`);
  if (text.includes('\0')) throw invalid('The text of a message holds a null character, which cannot be stored. Take it out.');
  if (options.length > mostOptions || options.some((option) => option.trim() === '' || option.length > longestOption))
    throw invalid(`A message has up to ${mostOptions} options of 1 to ${longestOption} characters.`);
  if (key !== undefined && (key === '' || key.length > longestKey || key.includes('\0') || !key.isWellFormed()))
    throw invalid(`The key of a message has 1 to ${longestKey} characters, e.g. "reminder:<appointment>".`);
  return { text, parts: rest };
}

function invalid(message: string): TimonelError {
  return new TimonelError('message_invalid', message);
}
