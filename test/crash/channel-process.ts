/** One Timonel with an agent that repeats what it hears, in a process of its own. Prints where it listens, and faults. */
import { writeSync } from 'node:fs';
import { readSettings } from '../../src/config.ts';
import { channels, type Fault } from '../../src/diagnostics.ts';
import { defaultWorkspace, openTimonel } from '../../src/main.ts';
import { echoAgent, lastSaid } from '../channels/echo-agent.ts';
import { scriptedModel } from '../scripted-model.ts';

const print = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`);
channels.fault.subscribe((message) => print({ fault: (message as Fault).what }));

const timonel = await openTimonel(readSettings(), {
  agents: [echoAgent],
  models: { default: scriptedModel(({ prompt }) => `echo: ${lastSaid(prompt)}`) },
});
// A parent that was killed itself leaves nothing behind.
process.on('disconnect', () => process.exit(1));
const url = await timonel.listen();
const id = crypto.randomUUID();
print({ url, apiKey: await timonel.apiKeys.create({ id, workspaceId: defaultWorkspace, name: 'crash test', role: 'operator' }) });
