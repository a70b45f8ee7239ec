import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { compileCache } from '../compile-cache.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel } from '../timonel.ts';
import { hangingSender } from './hanging-sender.ts';

const patient = { timeout: 30_000, interval: 100 };
const program = fileURLToPath(new URL('./sender-process.ts', import.meta.url));

it.each(storeKinds)('a job that was killed after it sent sends nothing when it is tried again (%s)', async (kind) => {
  const { environment, remove } = await freshStoreEnvironment(kind);
  let ended = 0;
  const project = {
    agents: [
      hangingSender(async () => {
        ended += 1;
      }),
    ],
    models: {},
  };
  const settings = { TIMONEL_PORT: '0', TIMONEL_LOG_LEVEL: 'silent', TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0' };
  try {
    const first = await startTimonel(kind, project, { environment });
    const conversation = await first.converse('sender');
    await first.close(false);

    const child = fork(program, [conversation], {
      env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache, ...settings, ...environment },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const exited = once(child, 'exit');
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    const sent = new Promise<void>((resolve) => lines.on('line', (line) => line === 'sent' && resolve()));
    await sent;
    child.kill('SIGKILL');
    await exited;

    const second = await startTimonel(kind, project, { environment });
    // What the queue does by itself once the dead process has not been heard of for a minute.
    await second.timonel.store.pool.executeText(
      `UPDATE pgboss.job SET state = 'retry' WHERE name = 'sender.send' AND state = 'active'`,
    );
    await expect.poll(() => ended, patient).toBe(1);
    const { body } = await second.call<{ messages: unknown[] }>('GET', `/api/v1/conversations/${conversation}`);
    expect(body.messages).toMatchObject([{ turn: 1, role: 'assistant', text: 'Your book is here.' }]);
    await second.close(false);
  } finally {
    await remove();
  }
});
