/** The least that a server in Node can be: reads the request, and answers the same every time. What an answer from a cache cannot be below. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const answered = await fetch(`${process.argv[2]}/chat/completions`, {
  method: 'POST',
  body: JSON.stringify({ model: 'stub', messages: [] }),
});
const answer = await answered.text();
const head = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) };

const server = createServer((request, response) => {
  request.on('data', () => {});
  request.on('end', () => {
    response.writeHead(200, head);
    response.end(answer);
  });
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`));
