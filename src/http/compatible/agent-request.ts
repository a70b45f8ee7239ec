/** What a request of a compatible client says to an agent, whichever protocol it came in. */
import { TimonelError } from '../../errors.ts';
import type { RequestBody } from '../../llm/protocols/contract.ts';

export interface AgentRequest {
  /** What the user says now. */
  text: string;
  /** What was said before, oldest first, as the client has it. */
  earlier: readonly Said[];
  /** All that tells this request from another one, as it came. */
  content: unknown;
  /** On whose behalf the client asks; the name is the client's. */
  user: string | undefined;
  /** The conversation that the body names. */
  conversation: string | undefined;
  /** The run whose answer the request goes on from. */
  afterRun: string | undefined;
}

export interface Said {
  role: 'user' | 'assistant';
  text: string;
}

/** A refusal that names the parameter, as the clients' errors have a place for it. */
export function refusedParameter(param: string, message: string): TimonelError {
  return new TimonelError('invalid_request', message, { details: { param } });
}

/** Reads OpenAI's chat completions and Anthropic's messages. @throws TimonelError `invalid_request` */
export function messagesRequest(body: RequestBody): AgentRequest {
  const messages = (body['messages'] as unknown[]).map((each) => (typeof each === 'object' && each !== null ? each : {})) as {
    role?: unknown;
    content?: unknown;
  }[];
  const last = messages.at(-1);
  if (last?.role !== 'user')
    throw refusedParameter('messages', 'An agent answers what a user says: the last message must have the role "user".');
  const metadata = body['metadata'] as { user_id?: unknown } | null | undefined;
  return {
    text: spokenText(last.content, 'messages', ['text']),
    earlier: messages.slice(0, -1).flatMap(saidBefore),
    content: messages,
    user: userNamed(body['user'] ?? metadata?.user_id),
    conversation: undefined,
    afterRun: undefined,
  };
}

/** One message of the history; instructions and answers of tools are nothing that the agent or its user said. */
export function saidBefore({ role, content }: { role?: unknown; content?: unknown }): Said[] {
  return role === 'user' || role === 'assistant' ? [{ role, text: textsOf(content).join('\n') }] : [];
}

function textsOf(content: unknown): string[] {
  if (typeof content === 'string') return [content];
  return (Array.isArray(content) ? (content as { text?: unknown }[]) : []).flatMap((part) =>
    typeof part?.text === 'string' ? [part.text] : [],
  );
}

/** The text that the user says now. @throws TimonelError `invalid_request` for anything but text */
export function spokenText(content: unknown, param: string, textTypes: readonly string[]): string {
  if (typeof content === 'string') return content;
  const parts = Array.isArray(content) ? (content as { type?: unknown }[]) : [];
  const other = parts.find((part) => !textTypes.includes(String(part?.type)));
  if (other !== undefined)
    throw refusedParameter(param, `Agents take text; the last message has a part of type "${String(other?.type)}".`);
  return textsOf(content).join('\n');
}

/** @throws TimonelError `invalid_request` */
export function userNamed(user: unknown): string | undefined {
  if (user === undefined || user === null) return undefined;
  if (typeof user !== 'string' || user === '' || user.length > 256)
    throw refusedParameter('user', '"user" must be a text of 1 to 256 characters.');
  return user;
}
