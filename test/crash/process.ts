/**
 * One Timonel of a crash test, in a process of its own. Prints JSON lines: where it listens, the point at which it dies or freezes, and
 * faults. Its parent arms points and looks into the database over the IPC channel.
 */
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { readSettings } from '../../src/config.ts';
import { channels, type Fault } from '../../src/diagnostics.ts';
import { defaultWorkspace, openTimonel } from '../../src/main.ts';
import { crashAgent, crashModel } from './agent.ts';
import { type Blow, type Point, PointedRunStore, Points } from './points.ts';

export type ParentMessage =
  | { kind: 'arm'; id: number; point: Point; blow: Blow }
  | { kind: 'disarm'; id: number }
  | { kind: 'query'; id: number; text: string; values: unknown[] };
export type ChildMessage = { id: number; rows?: Record<string, unknown>[]; error?: string };
export type ChildLine = { url: string; apiKey: string } | { reached: Point } | { fault: string; code: string | undefined };

const print = (line: ChildLine) => writeSync(1, `${JSON.stringify(line)}\n`);

channels.fault.subscribe((message) => {
  const { what, error } = message as Fault;
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  print({ fault: what, code });
});

const at = new Points();
const outsideUrl = process.env['TIMONEL_TEST_OUTSIDE_URL'] ?? '';
const timonel = await openTimonel(
  readSettings(),
  {
    agents: [crashAgent(at, outsideUrl, Number(process.env['TIMONEL_TEST_MEMORY_MESSAGES'] ?? 40))],
    models: { default: crashModel(at) },
  },
  { wrapRunStore: (store) => new PointedRunStore(store, at) },
);

const answer = (message: ChildMessage) => process.send?.(message);
process.on('message', (message: ParentMessage) => {
  const { kind, id } = message;
  if (kind === 'arm') {
    at.arm(message.point, message.blow);
    answer({ id });
  } else if (kind === 'disarm') {
    at.disarm();
    answer({ id });
  } else {
    timonel.store.pool.executeText(message.text, message.values).then(
      (rows) => answer({ id, rows }),
      (error: unknown) => answer({ id, error: String(error) }),
    );
  }
});
// A parent that was killed itself leaves nothing behind.
process.on('disconnect', () => process.exit(1));

// Written at the end by default, which a killed process does not have.
flushCompileCache();
const url = await timonel.listen();
const id = crypto.randomUUID();
print({ url, apiKey: await timonel.apiKeys.create({ id, workspaceId: defaultWorkspace, name: 'crash test', role: 'operator' }) });
