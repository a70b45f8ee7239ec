import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { newPerson, post, type SignedIn } from './people.ts';

describe.each(storeKinds)('fifty that refresh with one token at the same moment (%s)', (kind) => {
  const processes: TestTimonel[] = [];
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const store = await freshStoreEnvironment(kind);
    remove = store.remove;
    const { environment } = store;
    processes.push(await startTimonel(kind, { agents: [notes] }, { environment }));
    // On PostgreSQL they race through two processes.
    if (kind === 'postgres') processes.push(await startTimonel(kind, { agents: [notes] }, { environment }));
  });
  afterAll(async () => {
    for (const timonel of processes) await timonel.close();
    await remove();
  });

  it('get one successor, in each of 20 rounds, and the chain goes on', async () => {
    const [first] = processes as [TestTimonel];
    const person = await newPerson(first);
    let { refreshToken } = person;
    for (let round = 1; round <= 20; round++) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, racer) =>
          post<SignedIn>(processes[racer % processes.length] as TestTimonel, '/api/v1/auth/refresh', { refreshToken }),
        ),
      );
      expect([round, answers.map(({ status }) => status).filter((status) => status !== 200)]).toEqual([round, []]);
      const successors = new Set(answers.map(({ body }) => body.refreshToken));
      expect([round, successors.size]).toEqual([round, 1]);
      [refreshToken = ''] = [...successors];
    }
    const [row] = await first.timonel.store.pool.executeText<{ all: number; unused: number }>(
      'SELECT count(*)::int AS all, count(*) FILTER (WHERE used_at IS NULL)::int AS unused FROM refresh_tokens WHERE session_id = $1',
      [person.sessionId],
    );
    expect(row).toEqual({ all: 21, unused: 1 });
  });
});
