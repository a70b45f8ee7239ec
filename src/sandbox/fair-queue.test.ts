import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const limits = { running: 1, waiting: 6, waitingOfOne: 4 };

/** Work that goes on until it is told to end. */
function held(): { work: () => Promise<void>; end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve };
}

describe('the queue of the sandbox', () => {
  it('takes turns between owners, and tells each how many are before it', async () => {
    const queue = new FairQueue(limits);
    const first = held();
    const done: string[] = [];
    const told: string[] = [];
    const all = [queue.run({ owner: 'ana' }, first.work)];
    for (const [owner, name] of [
      ['ana', 'a1'],
      ['ana', 'a2'],
      ['ana', 'a3'],
      ['beto', 'b1'],
    ] as const) {
      const run = queue.run({ owner, onQueued: (position) => told.push(`${name}:${position}`) }, async () => {
        done.push(name);
      });
      all.push(run);
    }
    expect(told).toEqual(['a1:0', 'a2:1', 'a3:2', 'b1:1', 'a2:2', 'a3:3']);
    expect([queue.running, queue.waiting]).toEqual([1, 4]);
    first.end();
    await Promise.all(all);
    expect(done).toEqual(['a1', 'b1', 'a2', 'a3']);
    expect([queue.running, queue.waiting]).toEqual([0, 0]);
  });

  it('refuses what it has no room for: of one owner, and of all', async () => {
    const queue = new FairQueue(limits);
    const first = held();
    const all = [queue.run({ owner: 'ana' }, first.work)];
    const wait = (owner: string) => queue.run({ owner }, async () => undefined);
    for (let nth = 0; nth < 4; nth++) all.push(wait('ana'));
    await expect(wait('ana')).rejects.toMatchObject({ code: 'overloaded' });
    all.push(wait('beto'), wait('caro'));
    await expect(wait('dora')).rejects.toMatchObject({ code: 'overloaded' });
    first.end();
    await Promise.all(all);
    await wait('ana');
  });

  it('lets go who gives up, and who fails', async () => {
    const queue = new FairQueue(limits);
    const first = held();
    const running = queue.run({ owner: 'ana' }, first.work);
    const gone = new AbortController();
    const waiting = queue.run({ owner: 'beto', signal: gone.signal }, async () => undefined);
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect(queue.waiting).toBe(0);
    first.end();
    await running;
    await expect(queue.run({ owner: 'ana' }, async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(queue.running).toBe(0);
  });
});
