/** OpenAI's responses, the request to an agent. https://platform.openai.com/docs/api-reference/responses/create */
import type { RequestBody } from '../../llm/protocols/contract.ts';
import { type AgentRequest, refusedParameter, type Said, saidBefore, spoken, userNamed } from './agent-request.ts';

interface Item {
  type?: unknown;
  role?: unknown;
  content?: unknown;
  id?: unknown;
}

/**
 * `instructions` and items of the system are ignored, as in the other protocols: an agent has its own prompt.
 * @throws TimonelError `invalid_request` that names the parameter
 */
export function responseRequest(body: RequestBody): AgentRequest {
  const { input, previous_response_id: previous, conversation } = body;
  if (given(previous) && given(conversation))
    throw refusedParameter('conversation', 'Send "previous_response_id" or "conversation", and not both.');
  const items = itemsOf(input);
  const last = items.at(-1);
  if (last?.role !== 'user')
    throw refusedParameter(
      'input',
      'An agent answers what a user says: "input" must be a text, or end with a message of the role "user".',
    );
  const before = items.slice(0, -1);
  const answered = given(previous) ? previous : before.findLast(({ type }) => type === 'item_reference')?.id;
  const metadata = body['metadata'] as { user_id?: unknown } | null | undefined;
  return {
    ...spoken(last.content, 'input', ['input_text', 'text']),
    earlier: before.flatMap((item): Said[] => (item.type === 'item_reference' ? [] : saidBefore(item))),
    content: [items, conversation ?? null],
    user: userNamed(body['user'] ?? metadata?.user_id),
    conversation: given(conversation) ? conversationNamed(conversation) : undefined,
    afterRun: given(answered) ? runNamed(answered) : undefined,
  };
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** @throws TimonelError `invalid_request` */
function itemsOf(input: unknown): Item[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  if (!Array.isArray(input) || input.length === 0)
    throw refusedParameter('input', 'Say something: "input": "Hola", or a list of messages.');
  return (input as unknown[]).map((each) => {
    const item = (typeof each === 'object' && each !== null ? each : {}) as Item;
    const type = item.type ?? 'message';
    if (type !== 'message' && type !== 'item_reference' && type !== 'reasoning')
      throw refusedParameter(
        'input',
        `An agent calls its own tools, and takes no item of the type "${String(type)}". Send messages only.`,
      );
    return item;
  });
}

/** @throws TimonelError `invalid_request` */
function conversationNamed(value: unknown): string {
  const id = typeof value === 'object' ? (value as { id?: unknown } | null)?.id : value;
  const conversation = uuidIn(id, /^(?:conv_)?([0-9a-f-]{32,36})$/i);
  if (conversation === undefined)
    throw refusedParameter(
      'conversation',
      '"conversation" must be the id of a conversation, as X-Timonel-Conversation of an answer gave it.',
    );
  return conversation;
}

/** @throws TimonelError `invalid_request` */
function runNamed(value: unknown): string {
  const run = uuidIn(value, /^(?:resp|msg)_([0-9a-f-]{32,36})$/i);
  if (run === undefined)
    throw refusedParameter(
      'previous_response_id',
      `"${String(value)}" is not the id of an agent's answer. Send "id" of its last answer, or leave it out.`,
    );
  return run;
}

function uuidIn(value: unknown, pattern: RegExp): string | undefined {
  const hex = pattern
    .exec(typeof value === 'string' ? value : '')?.[1]
    ?.replaceAll('-', '')
    .toLowerCase();
  return hex?.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : undefined;
}
