/**
 * The stub provider of the gateway benchmark: chat completions, at once, whole or as a stream. It speaks HTTP/1.1 on bare sockets, so that
 * it costs little beside the load generator with which it shares a core.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { chunksPerStream, slowModel } from './exchange.ts';

const head = { id: 'chatcmpl-stub', created: 1_767_225_600, model: 'stub' };
const usage = { prompt_tokens: 260, completion_tokens: chunksPerStream, total_tokens: 260 + chunksPerStream };
const words = Array.from({ length: chunksPerStream }, (_, index) => (index === 0 ? 'Breakfast' : ` word${index}`));

const body = Buffer.from(
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: words.join('') }, finish_reason: 'stop' }],
    usage,
  }),
);
const whole = Buffer.concat([
  Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`),
  body,
]);

const event = (data: string) => {
  const text = `data: ${data}\n\n`;
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
};
const chunk = (choices: object[], rest: object = {}) =>
  event(JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...rest }));
const streamHead = Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n');
const streamRest = Buffer.from(
  [
    ...words.map((content) => chunk([{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }])),
    chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
    chunk([], { usage }),
    event('[DONE]'),
    '0\r\n\r\n',
  ].join(''),
);
const streamed = Buffer.concat([streamHead, streamRest]);

function answer(socket: Socket, request: string): void {
  const stream = /"stream"\s*:\s*true/.test(request);
  if (!request.includes(slowModel.name)) socket.write(stream ? streamed : whole);
  else if (stream) {
    socket.write(streamHead);
    setTimeout(() => socket.write(streamRest), slowModel.milliseconds);
  } else setTimeout(() => socket.write(whole), slowModel.milliseconds);
}

/** Length of the first request in what has arrived, or undefined while it is not complete. */
function lengthOf(arrived: string): number | undefined {
  const end = arrived.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const header = arrived.slice(0, end).toLowerCase();
  const announced = /content-length: *(\d+)/.exec(header)?.[1];
  if (announced !== undefined) {
    const length = end + 4 + Number(announced);
    return arrived.length >= length ? length : undefined;
  }
  if (!header.includes('transfer-encoding: chunked')) return end + 4;
  const last = arrived.indexOf('\r\n0\r\n\r\n', end);
  return last === -1 ? undefined : last + 7;
}

const server = createServer({ noDelay: true }, (socket) => {
  let arrived = '';
  socket.on('data', (part: Buffer) => {
    arrived += part.toString('latin1');
    for (let length = lengthOf(arrived); length !== undefined && arrived !== ''; length = lengthOf(arrived)) {
      answer(socket, arrived.slice(0, length));
      arrived = arrived.slice(length);
    }
  });
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`));
