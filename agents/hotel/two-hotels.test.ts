/** Two hotels in one workspace, each with a number and a reservation system of its own: nothing of one is sold, shown or told at the other. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshStoreEnvironment, storeKinds } from '../../test/stores.ts';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { hotel } from './agent.ts';
import { cloudbedsKey, speakAsCloudbeds } from './rehearsal/cloudbeds-server.ts';
import { PretendHotel } from './rehearsal/pretend-hotel.ts';
import { qloAppsKey, speakAsQloApps } from './rehearsal/qloapps-server.ts';

const now = new Date('2026-11-30T12:00:00-03:00');
const at = '/api/v1/agents/hotel';
const patient = { timeout: 30_000, interval: 50 };

/** Both have a type "Doble", with a room and a price of its own. */
const houses = {
  norte: { name: 'Hotel Norte', code: 'NDBL', rooms: ['N1', 'N2'], bot: '111111:norte', price: 50_000, phone: '11 5555 1111' },
  sur: { name: 'Hotel Sur', code: 'SDBL', rooms: ['S1', 'S2'], bot: '222222:sur', price: 80_000, phone: '11 5555 2222' },
} as const;
type Side = keyof typeof houses;
const sides = ['norte', 'sur'] as const;
const otherOf = (side: Side): Side => (side === 'norte' ? 'sur' : 'norte');

describe.each(storeKinds)('two hotels (%s)', (kind) => {
  const there = Object.fromEntries(
    sides.map((side, index) => {
      const { rooms, price } = houses[side];
      const known = rooms.map((number, position) => ({ id: String(900 + position), number }));
      // The same ids in both systems: what is asked at the wrong one would be answered.
      return [side, new PretendHotel([{ id: '1001', name: `Doble ${index}`, price: price * 100, rooms: known }])];
    }),
  ) as Record<Side, PretendHotel>;
  /** Messages that each bot sent, by the chat. */
  const sent: { bot: string; chat: number; text: string }[] = [];
  const telegram = createServer(async (request, response) => {
    const [, bot = '', method = ''] = /^\/bot([^/]+)\/(\w+)/.exec(request.url ?? '') ?? [];
    const body = (await json(request).catch(() => ({}))) as { chat_id?: number; text?: string };
    if (method === 'sendMessage') sent.push({ bot, chat: Number(body.chat_id), text: body.text ?? '' });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ok: true, result: { message_id: sent.length, chat: { id: body.chat_id } } }));
  });
  let timonel: TestTimonel;
  let remove: () => Promise<void>;
  const connections = {} as Record<Side, string>;
  let updates = 1;

  beforeAll(async () => {
    telegram.listen(0, '127.0.0.1');
    await once(telegram, 'listening');
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    const environment = {
      ...fresh.environment,
      TIMONEL_AGENT_PRIVATE_ADDRESSES: 'true',
      TIMONEL_TELEGRAM_URL: `http://127.0.0.1:${(telegram.address() as AddressInfo).port}`,
    };
    timonel = await startTimonel(kind, { agents: [hotel] }, { now: () => now, environment });
    const make = async (path: string, body: object) => {
      const { status, body: made } = await timonel.call<{ id: string }>('POST', path, body);
      expect(status, JSON.stringify(made)).toBe(201);
      return made.id;
    };
    await timonel.call('POST', `${at}/commands/remove-sample`, {});
    for (const side of sides) {
      const { name, code, rooms, bot, phone } = houses[side];
      await make(`${at}/hotels`, { name, phone, connections: [side], depositPercent: 0 });
      await make(`${at}/room-types`, { code, hotel: name, name: 'Doble', sleeps: 3, adults: 2, external: '1001' });
      for (const [index, number] of rooms.entries())
        await make(`${at}/rooms`, { number, type: code, external: String(900 + index) });
      const url = side === 'norte' ? await speakAsQloApps(there.norte) : await speakAsCloudbeds(there.sur);
      const system = side === 'norte' ? { kind: 'qloapps', secret: qloAppsKey } : { kind: 'cloudbeds', secret: cloudbedsKey };
      await make(`${at}/systems`, { hotel: name, url, property: '1', ...system });
      connections[side] = await make('/api/v1/channels', {
        channel: 'telegram',
        name: side,
        agent: 'hotel',
        settings: { botId: bot.split(':')[0] },
        secrets: { token: bot, webhookSecret: 'a-webhook-secret' },
      });
    }
  });
  afterAll(async () => {
    await timonel.close();
    telegram.closeAllConnections();
    telegram.close();
    for (const side of sides) await there[side].close();
    await remove();
  });

  const heard = (side: Side, chat: number) =>
    sent.filter((one) => one.bot === houses[side].bot && one.chat === chat).map(({ text }) => text);

  /** Writes to the bot of a hotel, and waits for its answer. */
  async function say(side: Side, chat: number, text: string): Promise<string> {
    const before = heard(side, chat).length;
    const from = { id: chat, is_bot: false, first_name: 'Ana' };
    const message = { message_id: updates, date: 1_700_000_000, chat: { id: chat, type: 'private' }, from, text };
    const { statusCode } = await timonel.timonel.app.inject({
      method: 'POST',
      url: `/api/v1/channels/${connections[side]}/webhook`,
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': 'a-webhook-secret' },
      payload: JSON.stringify({ update_id: updates++, message }),
    });
    expect(statusCode).toBe(200);
    await expect.poll(() => heard(side, chat).length, patient).toBeGreaterThan(before);
    return heard(side, chat).slice(before).join('\n');
  }

  const codes = {} as Record<Side, string>;

  it('sell their own rooms at their own prices, at once and to the same person', async () => {
    await Promise.all(
      sides.map(async (side) => {
        const { price } = houses[side];
        const offered = await say(side, 7, 'una doble del 10 al 12 de abril para 2');
        expect(offered).toContain(new Intl.NumberFormat('es-AR').format(price * 2));
        await say(side, 7, 'esa, soy Ana Gómez, 223 555 1234');
        const booked = await say(side, 7, 'sí');
        expect(booked).toContain(new Intl.NumberFormat('es-AR').format(price * 2));
        expect(booked).not.toContain(houses[otherOf(side)].name);
        codes[side] = /Código (\w+)/.exec(booked)?.[1] ?? '';
      }),
    );
    for (const side of sides)
      expect(there[side].bookings.map(({ total, status }) => [total, status])).toEqual([[houses[side].price * 200, 'confirmed']]);
    const rows = await timonel.timonel.store.pool.executeText<{ hotel: string; code: string; room: string }>(`
      SELECT h.name AS hotel, b.code, r.number AS room FROM hotel_bookings b JOIN hotel_hotels h ON h.id = b.hotel_id
      JOIN hotel_stays s ON s.booking_id = b.id JOIN hotel_rooms r ON r.id = s.room_id WHERE b.status = 'confirmed' ORDER BY 1`);
    expect(rows).toEqual([
      { hotel: 'Hotel Norte', code: codes.norte, room: expect.stringMatching(/^N/) },
      { hotel: 'Hotel Sur', code: codes.sur, room: expect.stringMatching(/^S/) },
    ]);
  });

  it('show and cancel nothing of the other one, by its code neither', async () => {
    for (const side of sides) {
      const other = codes[otherOf(side)];
      // A person whom neither hotel knows by this chat, with the code of the other hotel.
      for (const text of [`cuál es mi reserva? el código es ${other}`, `cancelá la reserva ${other}`, 'sí']) {
        const reply = await say(side, 8, text);
        expect(reply, text).not.toMatch(/Ana|Gómez|1234|50\.000|100\.000|80\.000|160\.000/);
      }
      expect(await say(side, 7, 'cuál es mi reserva?')).toContain(codes[side]);
    }
    for (const side of sides) expect(there[side].bookings).toMatchObject([{ status: 'confirmed' }]);
  });

  it('answer for themselves while the system of the other one is away', async () => {
    there.norte.away = true;
    expect(await say('sur', 9, 'una doble del 20 al 22 de abril para 2')).toContain('160.000');
    const away = await say('norte', 9, 'una doble del 20 al 22 de abril para 2');
    expect(away).not.toContain('160.000');
    there.norte.away = false;
    for (const side of sides) {
      const keys = there[side].asked.map(({ headers }) => headers['x-api-key'] ?? headers.authorization);
      expect(new Set(keys).size, side).toBe(1);
    }
    // Where they are is their own too.
    for (const side of sides) {
      const { phone } = houses[side];
      const told = await say(side, 10, '¿cuál es el teléfono del hotel?');
      expect(told).not.toContain(houses[otherOf(side)].phone);
      expect(told).not.toContain(houses[otherOf(side)].name);
      expect(phone).not.toBe(houses[otherOf(side)].phone);
    }
  });
});
