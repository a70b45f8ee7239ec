/** What a request of a compatible client says to an agent, whichever protocol it came in. */
import { TimonelError } from '../../errors.ts';
import type { RequestBody } from '../../llm/protocols/contract.ts';

export interface AgentRequest {
  /** What the user says now. */
  text: string;
  /** Pictures and files that come with it, as `data:` URLs. */
  files: readonly SpokenFile[];
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

/** A picture or a file of a message. */
export interface SpokenFile {
  url: string;
  name?: string | undefined;
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
    ...spoken(last.content, 'messages', ['text']),
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

/** What the user says now: its text, and the pictures and files that come with it. @throws TimonelError `invalid_request` for anything else */
export function spoken(content: unknown, param: string, textTypes: readonly string[]): Pick<AgentRequest, 'text' | 'files'> {
  if (typeof content === 'string') return { text: content, files: [] };
  const parts = (Array.isArray(content) ? content : []) as (Part | null)[];
  const files = parts.flatMap((part) => {
    if (part !== null && textTypes.includes(String(part.type))) return [];
    const file = part === null ? undefined : fileOf(part);
    if (file !== undefined) return [file];
    throw refusedParameter(
      param,
      `Agents take text, pictures and files; the last message has a part of type "${String(part?.type)}" that is none of them.`,
    );
  });
  if (files.some(({ url }) => !url.startsWith('data:')))
    throw refusedParameter(
      param,
      'An agent takes pictures and files as data: URLs in base64 (data:image/png;base64,…), or as artifacts: POST /api/v1/artifacts.',
    );
  if (files.length > mostFiles)
    throw refusedParameter(param, `A message to an agent has up to ${mostFiles} pictures and files; this one has ${files.length}.`);
  return { text: textsOf(content).join('\n'), files };
}

/** As many as a message of Timonel's own API may have, with its text. */
const mostFiles = 19;

interface Part {
  type?: unknown;
  image_url?: unknown;
  file?: unknown;
  file_data?: unknown;
  filename?: unknown;
  source?: unknown;
  title?: unknown;
}

/** OpenAI's `image_url`, `file`, `input_image` and `input_file`, and Anthropic's `image` and `document`. */
function fileOf(part: Part): SpokenFile | undefined {
  switch (part.type) {
    case 'image_url':
    case 'input_image':
      return named(typeof part.image_url === 'string' ? part.image_url : recordOf(part.image_url)['url'], undefined);
    case 'file':
      return named(recordOf(part.file)['file_data'], recordOf(part.file)['filename']);
    case 'input_file':
      return named(part.file_data, part.filename);
    case 'image':
    case 'document': {
      const { type, media_type: mediaType, data, url } = recordOf(part.source);
      if (type === 'url') return named(url, part.title);
      if (type === 'text') return named(`data:text/plain;base64,${Buffer.from(String(data)).toString('base64')}`, part.title);
      return type === 'base64' ? named(`data:${String(mediaType)};base64,${String(data)}`, part.title) : undefined;
    }
    default:
      return undefined;
  }
}

function named(url: unknown, name: unknown): SpokenFile | undefined {
  return typeof url === 'string' ? { url, name: typeof name === 'string' ? name : undefined } : undefined;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** @throws TimonelError `invalid_request` */
export function userNamed(user: unknown): string | undefined {
  if (user === undefined || user === null) return undefined;
  if (typeof user !== 'string' || user === '' || user.length > 256)
    throw refusedParameter('user', '"user" must be a text of 1 to 256 characters.');
  return user;
}
