/** Connections and deliveries as the API shows them, and what the composition root hands to their routes. */
import { z } from 'zod';
import type { AccessLimits } from '../vocabulary.ts';

export const connection = z.object({
  id: z.string(),
  channel: z.string(),
  name: z.string(),
  agent: z.string(),
  account: z.string().describe('As the provider names it'),
  settings: z.record(z.string(), z.unknown()),
  secrets: z.array(z.string()).describe('Names of the secrets that are set'),
  previousUntil: z.string().nullable().describe('Until when webhooks may be signed with the secrets before the last rotation'),
  suspended: z
    .object({ code: z.string(), message: z.string() })
    .nullable()
    .describe('Why nothing is sent until the connection is changed'),
  createdAt: z.string(),
  disabledAt: z.string().nullable(),
  webhook: z.string().nullable().describe('The address to give to the provider; null where messages are fetched'),
  script: z.string().nullable().describe('Of a chat on pages: the tag that shows it'),
});

export const delivery = z.object({
  id: z.string(),
  connection: z.string(),
  conversation: z.string().nullable(),
  contact: z.string(),
  run: z.string().nullable(),
  saidBy: z.string(),
  text: z.string(),
  state: z.enum(['pending', 'sending', 'sent', 'refused', 'unclear']),
  status: z.string().nullable().describe('The furthest that the provider told: sent, failed, delivered, read, played'),
  attempts: z.int(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  replays: z.string().nullable().describe('The delivery that this one is another attempt of'),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
});

export const connectionActivityShape = z.object({
  connection: z.string(),
  heardAt: z.string().nullable().describe('When a contact wrote last'),
  sentAt: z.string().nullable(),
  waiting: z.int().describe('Deliveries that wait or are under way'),
  recent: z.int().describe('The latest deliveries, 100 at most'),
  failed: z.int().describe('How many of these were refused, are unclear or failed'),
});

export const templateUse = z.strictObject({
  name: z.string().min(1).max(512),
  language: z.string().max(20).optional(),
  parameters: z.record(z.string().max(40), z.string().max(1_024)).optional(),
});

export const directMessage = z
  .strictObject({
    to: z.string().min(1).max(260).describe('A phone with its country, a chat id of Telegram, or an e-mail address'),
    text: z.string().trim().min(1).max(4_000).optional(),
    template: templateUse.optional(),
  })
  .refine(({ text, template }) => text !== undefined || template !== undefined, 'Send "text", "template" or both.');

const bytes = z.int().min(0);
export const replyOptionsShape = z.object({
  connection: z
    .object({ id: z.string(), name: z.string(), channel: z.string(), enabled: z.boolean() })
    .nullable()
    .describe('null: on no connection to a channel'),
  freeUntil: z.string().nullable().describe('Until when free text reaches the contact; null where it always or never does'),
  templateOnly: z.boolean().describe('Only a template reaches the contact'),
  templates: z.array(
    z.object({
      name: z.string(),
      language: z.string(),
      parameters: z.array(z.string()),
      text: z.string().nullable().describe('How it reads, with {{parameter}} where one goes'),
      reopens: z.boolean().describe('Sent by itself in place of a free text where only templates may be sent'),
    }),
  ),
  fileBytes: z.object({ image: bytes, audio: bytes, file: bytes }).describe('Bytes of the largest file that the channel takes'),
});

export type ConnectionBody = Omit<z.infer<typeof connection>, 'webhook' | 'script'>;

export const connectionName = z.string().trim().min(1).max(60);
export const connectionSettings = z.record(z.string().max(60), z.unknown());
export const connectionSecrets = z.record(z.string().max(60), z.string().max(1_000));

interface TemplateOfReply {
  name: string;
  language?: string | undefined;
  parameters?: Readonly<Record<string, string>> | undefined;
}

/** Who calls on the routes of the web chat. */
interface VisitorCall {
  token: string | undefined;
  address: string;
}

/** What the routes of the web chat need of the channels. */
export interface VisitorRoutes {
  script(): { text: string; etag: string };
  allows(connectionId: string, origin: string): boolean;
  shown(connectionId: string): { title: string; greeting: string; color: string; language: 'es' | 'en'; fileBytes: number };
  session(connectionId: string, call: VisitorCall): Promise<{ token: string; expiresAt: Date }>;
  say(
    connectionId: string,
    call: VisitorCall,
    message: { id: string; text: string; file?: string | undefined },
  ): Promise<{ duplicate: boolean }>;
  upload(
    connectionId: string,
    call: VisitorCall,
    file: { name: string; mediaType: string | undefined; data: AsyncIterable<Uint8Array> },
  ): Promise<{ id: string; name: string; mediaType: string; bytes: number }>;
  follow(
    connectionId: string,
    call: VisitorCall,
    last: string | undefined,
  ): Promise<(signal: AbortSignal) => AsyncIterable<string>>;
}

/** What the routes need of the channels; the composition root hands it over. */
export interface ChannelRoutes {
  names: readonly string[];
  visitors: VisitorRoutes;
  webhook(
    connectionId: string,
    request: {
      method: 'GET' | 'POST';
      path: string;
      query: Readonly<Record<string, string>>;
      headers: Readonly<Record<string, string | string[] | undefined>>;
      body: Buffer;
    },
    address: string,
  ): Promise<{ status: number; body: string }>;
  list(workspaceId: string): Promise<ConnectionBody[]>;
  get(workspaceId: string, id: string): Promise<ConnectionBody>;
  add(
    workspaceId: string,
    wanted: { channel: string; name: string; agent: string; settings: Record<string, unknown>; secrets: Record<string, string> },
    by: string,
  ): Promise<ConnectionBody>;
  update(
    workspaceId: string,
    id: string,
    change: {
      name?: string | undefined;
      agent?: string | undefined;
      settings?: Record<string, unknown> | undefined;
      enabled?: boolean | undefined;
    },
  ): Promise<ConnectionBody>;
  rotate(workspaceId: string, id: string, secrets: Record<string, string>, overlapSeconds?: number): Promise<ConnectionBody>;
  test(workspaceId: string, id: string): Promise<{ what: string; ok: boolean; detail: string }[]>;
  deliveries(
    workspaceId: string,
    filter: {
      connection?: string | undefined;
      conversation?: string | undefined;
      state?: z.infer<typeof delivery>['state'] | undefined;
      failed?: boolean | undefined;
      before?: string | undefined;
      limits: AccessLimits;
      limit: number;
    },
  ): Promise<{ deliveries: z.infer<typeof delivery>[]; next: string | null }>;
  activity(workspaceId: string): Promise<z.infer<typeof connectionActivityShape>[]>;
  message(workspaceId: string, id: string, message: z.infer<typeof directMessage>): Promise<z.infer<typeof delivery>>;
  replyOptions(workspaceId: string, conversationId: string): Promise<z.infer<typeof replyOptionsShape>>;
  replyTemplate(
    workspaceId: string,
    conversationId: string,
    use: z.infer<typeof templateUse>,
  ): Promise<{ text: string; template: TemplateOfReply }>;
  replay(workspaceId: string, id: string, limits: AccessLimits): Promise<z.infer<typeof delivery>>;
}
