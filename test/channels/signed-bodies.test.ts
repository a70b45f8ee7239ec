/** Bodies that were changed on their way, and payloads that others have met: nothing is taken that is not signed, and nothing is answered with 5xx. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { OpenConnection } from '../../src/channels/contract.ts';
import { ProviderClient } from '../../src/channels/provider-client.ts';
import { parseWhatsapp } from '../../src/channels/whatsapp/parse.ts';
import { whatsappChannel } from '../../src/channels/whatsapp/whatsapp.ts';
import { phoneNumberId, secrets, signatureOf } from './cloud-api.ts';
import { openSalon } from './salon.ts';
import { change, message, status, webhook } from './webhooks.ts';

const ana = { phone: '5491155550001', user: 'AR.1', name: 'Ana Ñandú' };
const body = Buffer.from(
  webhook([change(ana, [message(ana, '¿a las 5/6? 🏨 @'), message(ana, 'b')], [status('wamid.x', 'read')])]),
);
const signature = signatureOf(body);
const connection = {
  id: 'c',
  workspaceId: 'default',
  channel: 'whatsapp',
  name: 'salon',
  agent: 'echo',
  account: phoneNumberId,
  settings: { conversationHours: 24, voiceReplies: false, quietMs: 0, language: 'es', templates: [] },
  secrets,
  previous: { ...secrets, appSecret: 'the-secret-before' },
} satisfies OpenConnection;

const count = Number(process.env['TIMONEL_TEST_MUTATIONS'] ?? 10_000);

/** Changes bytes of the body or of the signature; never gives back what it was given. */
function mutated(seed: number): { body: Buffer; signature: string } {
  let state = seed * 2_654_435_761;
  const next = (most: number) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    return state % most;
  };
  const kind = seed % 6;
  if (kind === 0) {
    const bytes = Buffer.from(body);
    const at = next(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << next(8));
    return { body: bytes, signature };
  }
  if (kind === 1) return { body: body.subarray(0, next(body.length)), signature };
  if (kind === 2) return { body: Buffer.concat([body, Buffer.from([next(256)])]), signature };
  if (kind === 3) {
    const at = next(body.length);
    return { body: Buffer.concat([body.subarray(0, at), Buffer.from([next(256)]), body.subarray(at)]), signature };
  }
  if (kind === 4) {
    const at = 7 + next(64);
    const digit = ((Number.parseInt(signature[at] ?? '0', 16) + 1 + next(15)) % 16).toString(16);
    return { body, signature: signature.slice(0, at) + digit + signature.slice(at + 1) };
  }
  return {
    body,
    signature: ['', 'sha256=', signature.slice(7), `sha1=${signature.slice(7)}`, signature.toUpperCase()][next(5)] ?? '',
  };
}

it(`takes none of ${count} changed bodies`, async () => {
  const client = new ProviderClient();
  const { verify } = whatsappChannel(client, 'http://localhost');
  const request = (bytes: Buffer, header: string) =>
    ({ method: 'POST', path: '', query: {}, headers: { 'x-hub-signature-256': header }, body: bytes }) as const;
  expect(verify(request(body, signature), connection, '')).toBe(true);
  expect(verify(request(body, signatureOf(body, 'the-secret-before')), connection, '')).toBe(true);
  let taken = 0;
  for (let seed = 1; seed <= count; seed++) {
    const each = mutated(seed);
    if (verify(request(each.body, each.signature), connection, '')) taken++;
  }
  expect(taken).toBe(0);
  await client.close();
});

it('answers changed bodies by the front door with 4xx', async () => {
  await using salon = await openSalon('embedded');
  const answers: Record<number, number> = {};
  for (let seed = 1; seed <= 200; seed++) {
    const each = mutated(seed);
    const answer = await salon.test.timonel.app.inject({
      method: 'POST',
      url: `/api/v1/channels/${salon.connection.id}/webhook`,
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': each.signature },
      payload: each.body,
      remoteAddress: `10.0.${seed % 250}.1`,
    });
    answers[answer.statusCode] = (answers[answer.statusCode] ?? 0) + 1;
  }
  expect(Object.keys(answers)).toEqual(['401']);
  expect(await salon.rows('SELECT 1 FROM channel_inbox')).toEqual([]);
  // Who is refused often is not even looked at for a while.
  let last = 0;
  for (let attempt = 0; attempt < 70 && last !== 429; attempt++)
    last = (await salon.post('x', { 'x-hub-signature-256': 'sha256=0' })).statusCode;
  expect(last).toBe(429);
});

/** Payloads of other projects are not part of this one: `TIMONEL_TEST_CHANNEL_CASES` names folders with JSON lines that have a `payload`. */
const folders = (process.env['TIMONEL_TEST_CHANNEL_CASES'] ?? '').split(':').filter((folder) => folder !== '');

it.skipIf(folders.length === 0)('names what is in each payload of other projects (TIMONEL_TEST_CHANNEL_CASES)', async () => {
  await using salon = await openSalon('embedded');
  const cases = folders.flatMap((folder) =>
    globSync('*{updates,webhooks}.jsonl', { cwd: folder }).flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { id: string; payload: unknown }),
    ),
  );
  expect(cases.length).toBeGreaterThan(0);
  for (const { id, payload } of cases) {
    const bytes = Buffer.from(JSON.stringify(payload ?? null));
    const { statusCode } = await salon.post(bytes);
    expect(statusCode, id).toBe(200);
    const names = parseWhatsapp(bytes).map((update) =>
      update.kind === 'message'
        ? `message:${update.content.kind}:${update.content.treat}`
        : update.kind === 'status'
          ? `status:${update.status}`
          : update.kind === 'other'
            ? update.what
            : update.kind,
    );
    const empty =
      typeof payload === 'object' &&
      payload !== null &&
      Array.isArray((payload as { entry?: unknown[] }).entry) &&
      (payload as { entry: unknown[] }).entry.length === 0;
    if (!empty) expect(names.length, id).toBeGreaterThan(0);
    for (const name of names) expect(name, id).not.toMatch(/undefined|unreadable/);
  }
});
