/** One contract over the three providers, on both stores: answered once, in order, and files that people send arrive as files. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixel, upload } from '../artifact-client.ts';
import { storeKinds } from '../stores.ts';
import { openThree, providerNames, type Received, type ThreeProviders } from './three-providers.ts';

const patient = { timeout: 20_000, interval: 50 };
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** An Ogg page that begins a stream of Opus. */
const voice = Buffer.concat([
  Buffer.from('OggS\0\x02'),
  Buffer.alloc(20),
  Buffer.from('\x01\x13OpusHead\x01\x01'),
  Buffer.alloc(32),
]);
const document = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');

describe.each(storeKinds)('a customer of any provider (%s)', (kind) => {
  let three: ThreeProviders;
  beforeAll(async () => {
    three = await openThree(kind);
  }, 60_000);
  afterAll(() => three[Symbol.asyncDispose]());

  const stored = async (name: string, data: Buffer<ArrayBuffer>) => {
    const { status, body } = await upload(three.test, { name, data });
    expect(status).toBe(201);
    return body.id;
  };

  it.each(providerNames)(
    'is answered once on %s, and gets what a person sends: words, a picture, sound, a file, a place',
    async (name) => {
      const { say, received, refused } = three.providers[name];
      expect(await Promise.all(Array.from({ length: 5 }, () => say('hola', `${kind}-1`)))).toEqual(Array(5).fill(200));
      await expect.poll(received, patient).toEqual([{ kind: 'text', text: 'echo: hola' }]);
      expect(await say('quiero una persona', `${kind}-2`)).toBe(200);
      await expect.poll(received, patient).toHaveLength(2);

      const { call } = three.test;
      const [conversation] = await three.test.timonel.store.pool.executeText<{ id: string }>(
        'SELECT v.id FROM conversations v JOIN channel_connections c ON c.id = v.connection_id WHERE c.channel = $1',
        [name],
      );
      const path = `/api/v1/conversations/${conversation?.id}`;
      expect((await call('POST', `${path}/take`)).status).toBe(200);
      const reply = (parts: object[], key: string) => call('POST', `${path}/replies`, { parts }, { 'idempotency-key': key });
      const shown = await stored('salon.png', pixel);
      const first = [
        { type: 'text', text: 'Así quedó 💇' },
        { type: 'image', artifact: shown },
      ];
      expect((await reply(first, 'one')).status).toBe(201);
      expect((await reply(first, 'one')).body).toMatchObject({ repeated: true });
      // The same key with another picture is another message.
      expect((await reply([first[0] ?? {}, { type: 'image', artifact: await stored('other.png', pixel) }], 'one')).status).toBe(
        422,
      );
      const sound = { type: 'audio', artifact: await stored('note.ogg', voice) };
      const paper = { type: 'file', artifact: await stored('precios.pdf', document) };
      const place = { type: 'location', latitude: -34.6037, longitude: -58.3816 };
      expect((await reply([sound], 'two')).status).toBe(201);
      expect((await reply([paper, place, { type: 'text', text: 'los precios' }], 'three')).status).toBe(201);

      await expect.poll(received, patient).toHaveLength(6);
      const named = name === 'twilio' ? {} : { name: 'precios.pdf' };
      const expected: Received[] = [
        { kind: 'image', text: 'Así quedó 💇', mediaType: 'image/png', sha256: hash(pixel) },
        { kind: 'audio', mediaType: 'audio/ogg', sha256: hash(voice) },
        { kind: 'file', text: 'los precios', ...named, mediaType: 'application/pdf', sha256: hash(document) },
        { kind: 'location', place: [-34.6037, -58.3816] },
      ];
      expect((await received()).slice(2)).toEqual(expected);
      expect(refused).toEqual([]);
      expect((await call('POST', `${path}/hand-back`)).status).toBe(204);
    },
  );
});
