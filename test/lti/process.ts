/** A tutor in a process of its own, to be killed. Its parent looks into its database, and has its jobs run, over the IPC channel. */
import { randomUUID } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import { tutor } from '../../agents/tutor/agent.ts';
import { readSettings } from '../../src/config.ts';
import { openTimonel } from '../../src/main.ts';

export type AskedOfTutor = { id: number; sql: string } | { id: number; job: string };
export type ToldByTutor = { id: number; rows?: Record<string, unknown>[]; error?: string };

const timonel = await openTimonel(readSettings({ ...process.env, TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0' }), { agents: [tutor] });

async function done(asked: AskedOfTutor): Promise<Record<string, unknown>[]> {
  if ('sql' in asked) return timonel.store.pool.executeText(asked.sql);
  await timonel.jobs.schedule(
    { agent: 'tutor', name: asked.job, workspaceId: 'default', payload: {}, at: new Date(), key: randomUUID() },
    undefined,
  );
  return [];
}

process.on('message', (asked: AskedOfTutor) => {
  const { id } = asked;
  done(asked).then(
    (rows) => process.send?.({ id, rows }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
// A parent that was killed itself leaves nothing behind.
process.on('disconnect', () => process.exit(1));

flushCompileCache();
await timonel.listen();
process.send?.({ id: 0, rows: [] });
