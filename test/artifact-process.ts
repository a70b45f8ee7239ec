/** A Timonel in a process of its own, so that its memory is its own too. Prints one JSON line: where it listens, and a key. */
import { writeSync } from 'node:fs';
import { readSettings } from '../src/config.ts';
import { defaultWorkspace, openTimonel } from '../src/main.ts';
import { notes } from './notes-agent.ts';

const timonel = await openTimonel(readSettings(), { agents: [notes] });
const url = await timonel.listen();
const apiKey = await timonel.apiKeys.create({
  id: crypto.randomUUID(),
  workspaceId: defaultWorkspace,
  name: 'test',
  role: 'admin',
});
writeSync(1, `${JSON.stringify({ url, apiKey })}\n`);
// A parent that ends leaves nothing behind.
process.on('disconnect', () => process.exit(0));
