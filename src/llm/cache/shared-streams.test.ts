import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type BegunStream, SharedStreams } from './shared-streams.ts';

/** A source that says so many words, each when it is asked, and knows what became of it. */
function source(words: number, failure?: Error) {
  const seen = { begun: 0, said: 0, ended: false, aborted: false };
  async function* say(): AsyncGenerator<string> {
    try {
      for (let word = 0; word < words; word++) {
        await Promise.resolve();
        seen.said++;
        yield `${word} `;
      }
      if (failure !== undefined) throw failure;
    } finally {
      seen.ended = true;
    }
  }
  const begin = async (signal: AbortSignal): Promise<BegunStream> => {
    seen.begun++;
    signal.addEventListener('abort', () => {
      seen.aborted = true;
    });
    await Promise.resolve();
    return { model: 'm', events: say(), cache: 'miss', saved: () => 0n };
  };
  const all = Array.from({ length: words }, (_, word) => `${word} `).join('');
  return { seen, begin, all };
}

const staying = new AbortController().signal;

async function textOf(events: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const event of events) text += event;
  return text;
}

it('gives every reader the whole, in whatever order they come and read, and asks once for each piece', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }), async (scheduler, late) => {
      const { begin, seen, all } = source(30);
      const streams = new SharedStreams();
      const readers = late.map(async (turns) => {
        for (let turn = 0; turn < turns; turn++) await scheduler.schedule(Promise.resolve());
        const { events, joined } = await streams.join('k', begin, staying);
        let text = '';
        for await (const event of events) {
          text += event;
          await scheduler.schedule(Promise.resolve());
        }
        return { text, joined };
      });
      const read = await scheduler.waitFor(Promise.all(readers));
      expect(read.map(({ text }) => text)).toEqual(late.map(() => all));
      // Whoever came after the end began anew.
      expect(read.filter(({ joined }) => !joined)).toHaveLength(seen.begun);
      expect(seen.said).toBe(30 * seen.begun);
    }),
    { numRuns: 200 },
  );
});

it('does not wait for a reader who does not read, and keeps everything for it', async () => {
  const { begin, all } = source(10_000);
  const streams = new SharedStreams();
  const slow = await streams.join('k', begin, staying);
  const quick = await streams.join('k', begin, staying);
  expect(await textOf(quick.events)).toBe(all);
  expect(await textOf(slow.events)).toBe(all);
});

it('does not read ahead of its only reader', async () => {
  const { begin, seen } = source(10_000);
  const { events } = await new SharedStreams().join('k', begin, staying);
  const reading = events[Symbol.asyncIterator]();
  await reading.next();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(seen.said).toBeLessThan(3);
});

it('gives who comes late what came before in one piece', async () => {
  const { begin } = source(100);
  const streams = new SharedStreams();
  const first = (await streams.join('k', begin, staying)).events[Symbol.asyncIterator]();
  for (let piece = 0; piece < 50; piece++) await first.next();
  const late = (await streams.join('k', begin, staying)).events[Symbol.asyncIterator]();
  expect((await late.next()).value).toBe(Array.from({ length: 50 }, (_, word) => `${word} `).join(''));
  expect((await late.next()).value).toBe('50 ');
  expect((await first.next()).value).toBe('50 ');
});

it('lets the source tidy up when all have left, whether it was asked for anything or not', async () => {
  for (const pieces of [0, 1, 5]) {
    const { begin, seen } = source(100);
    const streams = new SharedStreams();
    const leave = [new AbortController(), new AbortController()] as const;
    const readers = await Promise.all(leave.map(({ signal }) => streams.join('k', begin, signal)));
    const reading = readers[0]?.events[Symbol.asyncIterator]();
    for (let piece = 0; piece < pieces; piece++) await reading?.next();
    leave[0].abort();
    expect(await reading?.next()).toEqual({ done: true, value: undefined });
    expect(seen.aborted).toBe(false);
    leave[1].abort();
    expect(seen.aborted).toBe(true);
    await expect.poll(() => seen.ended).toBe(true);
    // The next one begins anew.
    expect((await streams.join('k', begin, staying)).joined).toBe(false);
  }
});

it('stops what has not begun when all have left', async () => {
  const seen = { aborted: false };
  const begin = (signal: AbortSignal) =>
    new Promise<BegunStream>((_, reject) => {
      signal.addEventListener('abort', () => {
        seen.aborted = true;
        reject(signal.reason);
      });
    });
  const streams = new SharedStreams();
  const leave = [new AbortController(), new AbortController()] as const;
  const all = leave.map(({ signal }) => streams.join('k', begin, signal));
  leave[0].abort(new Error('gone'));
  await expect(all[0]).rejects.toThrow('gone');
  expect(seen.aborted).toBe(false);
  leave[1].abort(new Error('gone, too'));
  await expect(all[1]).rejects.toThrow('gone, too');
  expect(seen.aborted).toBe(true);
  await expect(streams.join('k', begin, AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
});

it('tells every reader of a failure, after what came before it, and begins anew for the next', async () => {
  const { begin, seen, all } = source(3, new Error('It broke.'));
  const streams = new SharedStreams();
  const readers = await Promise.all([1, 2, 3].map(() => streams.join('k', begin, staying)));
  for (const { events } of readers) {
    let text = '';
    const reading = async () => {
      for await (const event of events) text += event;
    };
    await expect(reading()).rejects.toThrow('It broke.');
    expect(text).toBe(all);
  }
  expect((await streams.join('k', begin, staying)).joined).toBe(false);
  expect(seen.begun).toBe(2);
  const refused = () => Promise.reject(new Error('Refused.'));
  await expect(Promise.all([streams.join('r', refused, staying), streams.join('r', begin, staying)])).rejects.toThrow('Refused.');
  expect((await streams.join('r', begin, staying)).joined).toBe(false);
});
