/** Providers of three protocols behind a door that keeps each body as it came: what is compared byte by byte is what was on the wire. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LLMock } from '@copilotkit/aimock';

export const protocols = {
  openai: 'openai/gpt-4o-mini',
  anthropic: 'anthropic/claude-sonnet-5-5',
  google: 'google/gemini-3.8-flash',
} as const;
export type ProtocolName = keyof typeof protocols;

/** A request as it was on the wire. */
export interface Recorded {
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of three protocols, asserted on
  body: any;
  /** It asked for a summary. */
  summary: boolean;
}

export interface RecordedProvider {
  environment: Record<string, string>;
  requests: Recorded[];
  /** The next requests, of a turn or of a summary, are answered with this instead; each takes one. */
  refusals: { of: 'turn' | 'summary'; status: number; body: object }[];
  close(): Promise<void>;
}

/** Whatever was said: a call of `list_notes`, then a reply. */
export async function startRecordedProvider(): Promise<RecordedProvider> {
  const models = new LLMock({ port: 0 });
  const says = (text: string) => ({ content: text });
  models.on({ systemMessage: /^Summarise/ }, says('They asked for their notes.'));
  models.on({ predicate: ({ messages }) => messages.at(-1)?.role === 'tool' }, says('There are no notes.'));
  models.on({ predicate: () => true }, { toolCalls: [{ name: 'list_notes', arguments: '{}' }] });
  await models.start();
  const requests: Recorded[] = [];
  const refusals: RecordedProvider['refusals'] = [];
  const server = createServer((request, response) => void answer(request, response, models.url, requests, refusals));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    environment: {
      OPENAI_API_KEY: 'canary-openai-key',
      ANTHROPIC_API_KEY: 'canary-anthropic-key',
      GEMINI_API_KEY: 'canary-google-key',
      TIMONEL_OPENAI_URL: `${base}/v1`,
      TIMONEL_ANTHROPIC_URL: `${base}/v1`,
      TIMONEL_GOOGLE_URL: `${base}/v1beta`,
    },
    requests,
    refusals,
    async close() {
      server.closeAllConnections();
      server.close();
      await models.stop();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: string,
  requests: Recorded[],
  refusals: RecordedProvider['refusals'],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const summary = text.includes('Summarise the record');
  requests.push({ text, body: JSON.parse(text), summary });
  const at = refusals.findIndex(({ of }) => of === (summary ? 'summary' : 'turn'));
  const [refusal] = at === -1 ? [] : refusals.splice(at, 1);
  if (refusal !== undefined) {
    response.writeHead(refusal.status, { 'content-type': 'application/json' }).end(JSON.stringify(refusal.body));
    return;
  }
  const given = await fetch(`${upstream}${request.url}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer canary', 'x-api-key': 'canary' },
    body: text,
  });
  response.writeHead(given.status, { 'content-type': given.headers.get('content-type') ?? 'application/json' });
  response.end(Buffer.from(await given.arrayBuffer()));
}

/** What a provider's prompt cache compares: tools, system, and the messages in order, without marks. */
export function cachedText(name: ProtocolName, { body }: Recorded): { head: string; messages: string[] } {
  const plain = (value: unknown) => JSON.stringify(value, (key, member) => (key === 'cache_control' ? undefined : member));
  const { messages = [], contents, system, systemInstruction, tools } = body;
  const isSystem = ({ role }: { role: string }) => role === 'system';
  const list: { role: string }[] = name === 'google' ? contents : messages;
  const head = plain([tools, system ?? systemInstruction, list.filter(isSystem)]);
  return { head, messages: list.filter((message) => !isSystem(message)).map(plain) };
}
