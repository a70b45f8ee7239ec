/** Texts of conversations, for traces of those who asked for them: in the shape that the conventions give to messages. */

interface Message {
  role: string;
  parts: { type: 'text'; content: string }[];
}

export function textMessage(role: string, text: string): string {
  return JSON.stringify([{ role, parts: [{ type: 'text', content: text }] } satisfies Message]);
}

/** What a model is asked, whichever protocol it came in. */
export function inputMessages(request: object): string | undefined {
  const { prompt, messages, input } = request as { prompt?: unknown; messages?: unknown; input?: unknown };
  const asked = prompt ?? messages ?? input;
  if (asked === undefined) return undefined;
  const each = Array.isArray(asked) ? (asked as unknown[]) : [asked];
  return JSON.stringify(each.map((one) => messageOf(one)));
}

function messageOf(one: unknown): Message {
  const { role, content } = (typeof one === 'object' && one !== null ? one : { content: one }) as {
    role?: unknown;
    content?: unknown;
  };
  const parts = Array.isArray(content) ? (content as unknown[]) : [content];
  return {
    role: typeof role === 'string' ? role : 'user',
    parts: parts.map((part) => ({ type: 'text', content: textOf(part) })),
  };
}

function textOf(part: unknown): string {
  if (typeof part === 'string') return part;
  const { text } = (part ?? {}) as { text?: unknown };
  return typeof text === 'string' ? text : JSON.stringify(part ?? null);
}
