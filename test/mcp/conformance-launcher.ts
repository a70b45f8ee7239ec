/** What the conformance suite starts for each scenario: it asks the process with our client to play it, so that forty of them cost one start. */
import { request } from 'node:http';

const [, , port, url] = process.argv;
const asked = request({ host: '127.0.0.1', port, method: 'POST' }, (response) => {
  response.pipe(process.stderr);
  response.on('end', () => {
    process.exitCode = response.statusCode === 200 ? 0 : 1;
  });
});
asked.end(
  JSON.stringify({
    url,
    scenario: process.env['MCP_CONFORMANCE_SCENARIO'],
    protocol: process.env['MCP_CONFORMANCE_PROTOCOL_VERSION'],
    context: JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}'),
  }),
);
