import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileCache } from './compile-cache.ts';
import { freshStoreEnvironment } from './stores.ts';

const megabytes = 200;

describe.skipIf(!existsSync('/proc/self/status'))('a large artifact', () => {
  let child: ChildProcess;
  let at: { url: string; apiKey: string };
  let home: string;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const fresh = await freshStoreEnvironment('embedded');
    remove = fresh.remove;
    home = fresh.environment['TIMONEL_HOME'] ?? '';
    const env = {
      ...process.env,
      NODE_COMPILE_CACHE: compileCache,
      ...fresh.environment,
      TIMONEL_PORT: '0',
      TIMONEL_ARTIFACT_DATABASE_BYTES: '1000',
      TIMONEL_ARTIFACT_MAX_BYTES: String(megabytes * 1_048_576),
      TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0',
    };
    child = fork(new URL('./artifact-process.ts', import.meta.url), {
      env,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      execArgv: [],
    });
    const [line] = (await once(child.stdout as Readable, 'data')) as [Buffer];
    at = JSON.parse(line.toString()) as typeof at;
  });
  afterAll(async () => {
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
    await remove();
  });

  const incoming = () => globSync('artifacts/.incoming/*', { cwd: home });
  const send = (form: AsyncIterable<Uint8Array>, signal?: AbortSignal) =>
    fetch(`${at.url}/api/v1/artifacts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${at.apiKey}`, 'content-type': 'multipart/form-data; boundary=b' },
      body: Readable.toWeb(Readable.from(form)) as ReadableStream<Uint8Array<ArrayBuffer>>,
      duplex: 'half',
      ...(signal === undefined ? {} : { signal }),
    });
  const head = Buffer.from('--b\r\ncontent-disposition: form-data; name="file"; filename="big.bin"\r\n\r\n');

  it('is never whole in memory, on its way in and out', async () => {
    const block = Buffer.concat(Array.from({ length: 32_768 }, (_, index) => createHash('sha256').update(String(index)).digest()));
    const hash = createHash('sha256');
    async function* form() {
      yield head;
      for (let sent = 0; sent < megabytes; sent++) {
        hash.update(block);
        yield block;
      }
      yield Buffer.from('\r\n--b--\r\n');
    }
    const before = mostMemory(child.pid);
    const sent = await send(form());
    const artifact = (await sent.json()) as { id: string; bytes: number; sha256: string };
    expect(artifact).toMatchObject({ bytes: megabytes * 1_048_576, sha256: hash.digest('hex') });
    const received = await fetch(`${at.url}/api/v1/artifacts/${artifact.id}/content`, {
      headers: { authorization: `Bearer ${at.apiKey}` },
    });
    const back = createHash('sha256');
    for await (const chunk of received.body ?? []) back.update(chunk);
    expect(back.digest('hex')).toBe(artifact.sha256);
    // A copy of the data would be 200.
    expect(mostMemory(child.pid) - before).toBeLessThan(80);
    expect(incoming()).toEqual([]);
  });

  it('leaves nothing behind when its sender goes away in the middle', async () => {
    const stop = new AbortController();
    async function* form() {
      yield head;
      yield Buffer.alloc(300_000);
      await expect.poll(incoming).toHaveLength(1);
      stop.abort();
      yield Buffer.alloc(100_000);
    }
    await expect(send(form(), stop.signal)).rejects.toThrow();
    await expect.poll(incoming).toEqual([]);
  });

  it('is refused in the middle when it is larger than it may be, and its sender hears why', async () => {
    async function* form() {
      yield head;
      for (let sent = 0; sent < megabytes + 20; sent++) yield Buffer.alloc(1_048_576);
      yield Buffer.from('\r\n--b--\r\n');
    }
    const refused = await send(form());
    expect([refused.status, await refused.json()]).toMatchObject([413, { code: 'payload_too_large' }]);
    expect(incoming()).toEqual([]);
  });
});

/** Megabytes that a process had at most so far (high-water mark of its resident set). */
function mostMemory(pid: number | undefined): number {
  const [, kilobytes = ''] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(join('/proc', String(pid), 'status'), 'utf8')) ?? [];
  return Number(kilobytes) / 1_024;
}
