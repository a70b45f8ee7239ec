/** A learning record store that takes nothing which the specification does not allow, and fails in every way that one can. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const iri = z.string().regex(/^[a-z][a-z0-9+.-]*:\S+$/i, 'must be an IRI');
const languages = z.record(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/), z.string());
const extensions = z.record(iri, z.json());
const activity = z.strictObject({
  objectType: z.literal('Activity').optional(),
  id: iri,
  definition: z.strictObject({ name: languages.optional(), description: languages.optional(), type: iri.optional() }).optional(),
});
const activities = z.union([activity, z.array(activity)]);

/** A statement, to the letter of xAPI: members that it does not know are refused. */
export const statementShape = z
  .strictObject({
    id: z.uuid(),
    // Nobody is named: an account, and no mail, name or homepage of theirs.
    actor: z.strictObject({ objectType: z.literal('Agent'), account: z.strictObject({ homePage: iri, name: z.string().min(16) }) }),
    verb: z.strictObject({ id: iri, display: languages }),
    object: activity,
    result: z
      .strictObject({
        success: z.boolean().optional(),
        completion: z.boolean().optional(),
        score: z
          .strictObject({
            scaled: z.number().min(-1).max(1).optional(),
            raw: z.number().optional(),
            min: z.number().optional(),
            max: z.number().optional(),
          })
          .refine(({ raw = 0, min = raw, max = raw }) => min <= raw && raw <= max)
          .optional(),
      })
      .optional(),
    context: z
      .strictObject({
        registration: z.uuid().optional(),
        platform: z.string().optional(),
        language: z.string().optional(),
        contextActivities: z.strictObject({ parent: activities.optional(), grouping: activities.optional() }).optional(),
        extensions: extensions.optional(),
      })
      .optional(),
    timestamp: z.iso.datetime(),
  })
  .refine(({ verb }) => !verb.id.endsWith('voided'));
export type StoredStatement = z.infer<typeof statementShape>;

/** How the next request is answered: `cut`, `hang` (never) and `error-after` store first. */
export type StoreFault = 'error' | 'busy' | 'lose' | 'cut' | 'error-after' | 'forbidden' | 'large' | 'hang';

export interface RecordStore extends AsyncDisposable {
  url: string;
  statements: StoredStatement[];
  /** What was wrong with requests that were refused by themselves, and not by a fault. */
  wrong: string[];
  requests: number;
  faults: StoreFault[];
  /** Statements with this verb are refused. */
  refuses: string | undefined;
  /** Statements in a request at most. */
  most: number;
}

export async function openRecordStore(user: string, password: string): Promise<RecordStore> {
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const send = (status: number, value: unknown, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-experience-api-version': '1.0.3', ...headers })
        .end(JSON.stringify(value));
    const refuse = (status: number, why: string) => {
      store.wrong.push(why);
      send(status, { error: why });
    };
    store.requests += 1;
    const fault = store.faults.shift();
    if (fault === 'lose') return response.socket?.destroy();
    if (fault === 'error') return send(500, {});
    if (fault === 'busy') return send(503, {}, { 'retry-after': '1' });
    if (fault === 'forbidden') return send(403, {});
    if (request.url !== '/xapi/statements' || request.method !== 'POST') return refuse(404, 'address');
    if (request.headers.authorization !== wanted) return refuse(401, 'authorization');
    if (request.headers['x-experience-api-version'] !== '1.0.3') return refuse(400, 'version');
    if (request.headers['content-type'] !== 'application/json') return refuse(400, 'content type');
    const sent = z
      .array(statementShape)
      .min(1)
      .safeParse(JSON.parse(Buffer.concat(chunks).toString()));
    if (!sent.success) return refuse(400, JSON.stringify(sent.error.issues));
    if (fault === 'large' || sent.data.length > store.most) return send(413, {});
    // One that is refused takes its batch with it, and so does one that is there.
    if (sent.data.some(({ verb }) => verb.id === store.refuses)) return send(400, { error: 'a verb that is not taken here' });
    if (sent.data.some(({ id }) => store.statements.some((known) => known.id === id))) return send(409, {});
    store.statements.push(...sent.data);
    if (fault === 'hang') return;
    if (fault === 'cut') return response.socket?.destroy();
    return send(fault === 'error-after' ? 500 : 200, fault === 'error-after' ? {} : sent.data.map(({ id }) => id));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const store: RecordStore = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/xapi`,
    statements: [],
    wrong: [],
    requests: 0,
    faults: [],
    refuses: undefined,
    most: 100,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
  return store;
}
