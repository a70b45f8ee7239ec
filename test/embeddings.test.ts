/** Vectors come in the encoding that was asked for, whatever the server behind makes of it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { notes } from './notes-agent.ts';
import { freshStoreEnvironment } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const vector = [0.25, -1, 0.5];
const asBase64 = Buffer.from(Float32Array.from(vector).buffer).toString('base64');

let server: Server;
let timonel: TestTimonel;
let client: OpenAI;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    const { model, input } = JSON.parse(body) as { model: string; input: string | string[] };
    const embedding = { floats: vector, base64: asBase64, nonsense: ['x'], cut: 'AAA=' }[model];
    const data = [input].flat().map((_, index) => ({ object: 'embedding', index, embedding }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ object: 'list', model, data, usage: { prompt_tokens: 2, total_tokens: 2 } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { environment } = await freshStoreEnvironment('embedded');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  timonel = await startTimonel(
    'embedded',
    { agents: [notes] },
    { environment: { ...environment, TIMONEL_MODEL: 'floats', TIMONEL_MODEL_URL: url } },
  );
  const at = await timonel.timonel.listen();
  client = new OpenAI({ apiKey: timonel.apiKey, baseURL: `${at}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await timonel.close();
  server.closeAllConnections();
  server.close();
});

it.each(['floats', 'base64'])(
  'gives the SDK its numbers, as it asks by default and as floats, where the server answers %s',
  async (model) => {
    for (const encoding of [undefined, 'float'] as const) {
      const { data } = await client.embeddings.create({
        model: `configured/${model}`,
        input: ['a', 'b'],
        ...(encoding === undefined ? {} : { encoding_format: encoding }),
      });
      expect(data.map(({ embedding }) => embedding)).toEqual([vector, vector]);
    }
  },
);

it.each([
  ['base64', asBase64],
  ['float', vector],
  [null, vector],
  [undefined, vector],
])('encodes as asked: %s', async (encoding_format, expected) => {
  for (const model of ['floats', 'base64']) {
    const { body } = await timonel.call<{ data: { embedding: unknown }[] }>('POST', '/v1/embeddings', {
      model: `configured/${model}`,
      input: 'a',
      encoding_format,
    });
    expect(body.data[0]?.embedding).toEqual(expected);
  }
});

it.each(['nonsense', 'cut'])('takes for a failure what is no vector: %s', async (model) => {
  const encoding_format = model === 'cut' ? 'float' : 'base64';
  const { status } = await timonel.call('POST', '/v1/embeddings', { model: `configured/${model}`, input: 'a', encoding_format });
  expect(status).toBe(502);
});
