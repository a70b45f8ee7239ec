/**
 * The floor: the least that a durable turn can cost on this stack. One route of Fastify, `pg` with two prepared statements and one call of the
 * model; no steps, no policy, no recovery. Timonel is compared with it as a ratio.
 */
import fastify from 'fastify';
import pg from 'pg';
import { Pool } from 'undici';

interface Message {
  role: 'user' | 'assistant';
  text: string;
}

const { BENCH_DATABASE_URL: databaseUrl, BENCH_MODEL_URL: modelUrl = '' } = process.env;
const database = new pg.Pool({ connectionString: databaseUrl, max: 10 });
const model = new URL(`${modelUrl}/chat/completions`);
const upstream = new Pool(model.origin, { connections: 64, pipelining: 1 });

await database.query(`
  CREATE TABLE floor_messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation uuid NOT NULL,
    role text NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX floor_messages_by_conversation ON floor_messages (conversation, id)`);

/** The message of the user is stored, and what was said before comes with it. */
const hear = {
  name: 'hear',
  text: `
    WITH heard AS (INSERT INTO floor_messages (conversation, role, text) VALUES ($1, 'user', $2))
    SELECT role, text FROM floor_messages WHERE conversation = $1 ORDER BY id DESC LIMIT 40`,
};
const answer = { name: 'answer', text: `INSERT INTO floor_messages (conversation, role, text) VALUES ($1, 'assistant', $2)` };

async function ask(messages: readonly { role: string; content: string }[]): Promise<string> {
  const { statusCode, body } = await upstream.request({
    method: 'POST',
    path: model.pathname,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'stub', messages }),
  });
  const answered = (await body.json()) as { choices: { message: { content: string } }[] };
  const said = answered.choices[0]?.message.content;
  if (statusCode !== 200 || said === undefined) throw new Error(`The model answered ${statusCode}.`);
  return said;
}

const app = fastify({ logger: false });
app.post<{ Body: { conversation: string; text: string } }>(
  '/turns',
  {
    schema: {
      body: {
        type: 'object',
        required: ['conversation', 'text'],
        properties: { conversation: { type: 'string' }, text: { type: 'string' } },
      },
    },
  },
  async ({ body: { conversation, text } }) => {
    const { rows } = await database.query<Message>({ ...hear, values: [conversation, text] });
    const history = rows.reverse().map(({ role, text: content }) => ({ role, content }));
    const reply = await ask([
      { role: 'system', content: 'You are a friendly assistant.' },
      ...history,
      { role: 'user', content: text },
    ]);
    await database.query({ ...answer, values: [conversation, reply] });
    return { reply };
  },
);
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
