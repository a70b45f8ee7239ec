import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { testServer } from './server.ts';

const [, , log = '', complaint] = process.argv;
if (complaint !== undefined) {
  console.error(complaint);
  process.exit(3);
}
serveStdio(() => testServer(log));
