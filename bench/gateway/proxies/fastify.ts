/** The same on Fastify: its router, its body parser, its reply, an undici pool out. */
import { fastify } from 'fastify';
import { Pool } from 'undici';

const upstream = new URL(process.argv[2] ?? '');
const pool = new Pool(upstream.origin, { connections: 128 });
const app = fastify({ keepAliveTimeout: 600_000 });

app.post('/v1/chat/completions', async (request, reply) => {
  const { statusCode, headers, body } = await pool.request({
    method: 'POST',
    path: `${upstream.pathname}/chat/completions`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request.body),
  });
  return reply.code(statusCode).header('content-type', headers['content-type']).send(body);
});

console.log(`${await app.listen({ port: 0, host: '127.0.0.1' })}/v1`);
