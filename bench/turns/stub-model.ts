/**
 * The stub model server: an OpenAI-compatible chat completions endpoint that answers the same sentence at once, or after as many milliseconds
 * as its first argument says. A process of its own, so that what it costs is the same for every server that is measured, and is measured alone
 * as the ceiling.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stubSentence } from './protocol.ts';

const usage = { prompt_tokens: 20, completion_tokens: 8, total_tokens: 28 };
const head = { id: 'chatcmpl-stub', created: 1_767_225_600, model: 'stub' };

const whole = Buffer.from(
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: stubSentence }, finish_reason: 'stop' }],
    usage,
  }),
);
const wholeHeaders = { 'content-type': 'application/json', 'content-length': whole.byteLength };

const chunk = (choices: object[], rest: object = {}) =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...rest })}\n\n`;
const streamed = Buffer.from(
  [
    chunk([{ index: 0, delta: { role: 'assistant', content: stubSentence }, finish_reason: null }]),
    chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
    chunk([], { usage }),
    'data: [DONE]\n\n',
  ].join(''),
);
const streamedHeaders = { 'content-type': 'text/event-stream', 'content-length': streamed.byteLength };

const delay = Number(process.argv[2] ?? 0);

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    if (delay > 0) setTimeout(answer, delay, body, response);
    else answer(body, response);
  });
});
// A connection that is closed while a client reuses it would be counted as the client's error.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`));

function answer(body: Buffer, response: ServerResponse): void {
  if (/"stream"\s*:\s*true/.test(body.toString('latin1'))) response.writeHead(200, streamedHeaders).end(streamed);
  else response.writeHead(200, wholeHeaders).end(whole);
}
