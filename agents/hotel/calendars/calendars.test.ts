/** A room that is also sold by a channel: its calendar is read and told by the front door, and no night is sold twice or freed unseen. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshStoreEnvironment, storeKinds } from '../../../test/stores.ts';
import { startTimonel, type TestTimonel } from '../../../test/timonel.ts';
import { hotel } from '../agent.ts';
import { readCalendar, type TakenNights } from './read.ts';

let now = new Date('2026-11-19T12:00:00-03:00');
const at = '/api/v1/agents/hotel';
const place = { timeZone: 'America/Argentina/Buenos_Aires', checkInFrom: '15:00', from: '2026-11-19', to: '2028-11-01' };

interface Row {
  id: string;
  version: number;
  [field: string]: unknown;
}

/** The channel: what it answers, and what it was asked. */
class Channel {
  events: { uid: string; from: string; to: string; summary?: string }[] = [];
  /** In place of a calendar. */
  answer: { status: number; body: string; headers?: Record<string, string> } | undefined;
  asked: { url: string; etag: string | undefined }[] = [];
  server: Server = createServer((request, response) => {
    this.asked.push({ url: request.url ?? '', etag: request.headers['if-none-match'] });
    const { text } = this;
    const etag = `"${text.length}-${this.events.map(({ uid, from, to }) => uid + from + to).join()}"`;
    if (this.answer !== undefined) response.writeHead(this.answer.status, this.answer.headers).end(this.answer.body);
    else if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.writeHead(200, { 'content-type': 'text/calendar', etag }).end(text);
  });
  get text(): string {
    const day = (date: string) => date.replaceAll('-', '');
    const events = this.events.map(
      ({ uid, from, to, summary = 'Reserved' }) =>
        `BEGIN:VEVENT\r\nUID:${uid}\r\nSUMMARY:${summary}\r\nDTSTART;VALUE=DATE:${day(from)}\r\nDTEND;VALUE=DATE:${day(to)}\r\nEND:VEVENT\r\n`,
    );
    return `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Channel//EN\r\n${events.join('')}END:VCALENDAR\r\n`;
  }
  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}

describe.each(storeKinds)('calendars of channels (%s)', (kind) => {
  const channel = new Channel();
  let timonel: TestTimonel;
  let remove: () => Promise<void>;
  const call: TestTimonel['call'] = (...args) => timonel.call(...args);
  const list = async (resource: string, query = '') =>
    (await call<{ items: Row[] }>('GET', `${at}/${resource}${query}`)).body.items;
  const command = async (name: string, input: object = {}) => (await call<Row>('POST', `${at}/commands/${name}`, input)).body;
  const refresh = async (calendar: string) => ((await command('calendar-refresh', { calendar }))['calendars'] as Row[])[0];
  const enter = async (values: object) => (await call<Row>('POST', `${at}/calendars`, values)).body;
  const book = (checkIn: string, checkOut: string, type = 'SUI') =>
    call<Row>('POST', `${at}/stays`, { checkIn, checkOut, type, adults: 2, name: 'Rita Sosa', phone: '223 555 9900' });
  const told = async (path: unknown): Promise<string[][]> => {
    const answer = await timonel.timonel.app.inject({ method: 'GET', url: String(path) });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/calendar; charset=utf-8']);
    expect(answer.body).not.toMatch(/Rita|Sosa|\b223\b/);
    return (readCalendar(answer.body, place) as { events: TakenNights[] }).events.map(({ from, to }) => [from, to]);
  };
  /** The only suite, and its code. */
  let suite: { room: string; type: string };

  beforeAll(async () => {
    await new Promise<void>((resolve) => channel.server.listen(0, '127.0.0.1', resolve));
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    const environment = { ...fresh.environment, TIMONEL_AGENT_PRIVATE_ADDRESSES: 'true' };
    timonel = await startTimonel(kind, { agents: [hotel] }, { now: () => now, environment });
    const types = await list('room-types');
    const type = String(types.find(({ name }) => name === 'Suite')?.['code']);
    suite = { type, room: String((await list('rooms', `?type=${type}`))[0]?.['number']) };
  });
  afterAll(async () => {
    channel.server.closeAllConnections();
    channel.server.close();
    await timonel.close();
    await remove();
  });
  beforeEach(async () => {
    Object.assign(channel, { events: [], answer: undefined, asked: [] });
    await timonel.timonel.store.pool.executeText(
      'DELETE FROM hotel_calendars; DELETE FROM hotel_bookings; DELETE FROM hotel_requests',
    );
  });

  it('are read with what they were named by, keep nights from the sale, and free them again', async () => {
    channel.events = [{ uid: 'a', from: '2026-12-10', to: '2026-12-12' }];
    const entered = await enter({ name: 'Airbnb', room: suite.room, url: `${channel.address}/ical/1.ics?s=secret` });
    expect(entered).toMatchObject({ url: '********', host: expect.stringContaining('127.0.0.1'), state: 'new' });
    expect(await refresh('Airbnb')).toMatchObject({ result: 'changed', conflicts: 0 });
    expect((await book('2026-12-11', '2026-12-13', suite.type)).body['detail']).toContain('sold-out');
    expect(await refresh('Airbnb')).toMatchObject({ result: 'unchanged' });
    expect(channel.asked.map(({ etag }) => etag !== undefined)).toEqual([false, true]);
    // The guest moves their stay by a day: the night that is free now is sold.
    channel.events = [{ uid: 'a', from: '2026-12-11', to: '2026-12-12' }];
    expect(await refresh('Airbnb')).toMatchObject({ result: 'changed' });
    expect((await book('2026-12-10', '2026-12-11', suite.type)).status).toBe(201);
    expect(await list('closures')).toEqual([]);
    expect(JSON.stringify(await list('calendars'))).not.toContain('secret');
    const stored = await timonel.timonel.store.pool.executeText<{ url: string }>('SELECT url FROM hotel_calendars');
    expect(stored[0]?.url).not.toContain('secret');
  });

  it('free nothing while they fail, are empty or lost more than half, until a person says so', async () => {
    channel.events = [10, 14, 18, 22].map((day) => ({ uid: `e${day}`, from: `2026-12-${day}`, to: `2026-12-${day + 2}` }));
    await enter({ name: 'Airbnb', room: suite.room, url: channel.address });
    await refresh('Airbnb');
    const all = channel.events;
    for (const answer of [
      { status: 500, body: 'no' },
      { status: 200, body: '<html>Sign in</html>' },
      { status: 200, body: channel.text.slice(0, 200) },
      { status: 302, body: '', headers: { location: '/round' } },
    ]) {
      channel.answer = answer;
      expect(await refresh('Airbnb'), answer.body).toMatchObject({ result: 'failed', why: expect.any(String) });
    }
    expect(await list('calendars')).toMatchObject([{ state: 'failing', fault: expect.stringContaining('more than 3 times') }]);
    expect(await list('requests', '?kind=calendar')).toEqual([]);
    now = new Date(now.getTime() + 4 * 3_600_000);
    for (const _ of [1, 2]) await refresh('Airbnb');
    expect(await list('requests', '?kind=calendar')).toMatchObject([{ text: expect.stringContaining('cannot be read since') }]);
    channel.answer = undefined;
    for (const events of [[], all.slice(0, 1)]) {
      channel.events = events;
      expect(await refresh('Airbnb')).toMatchObject({ result: 'held-back', held: 4 - events.length });
    }
    expect((await book('2026-12-18', '2026-12-20', suite.type)).body['detail']).toContain('sold-out');
    expect(await list('requests', '?kind=calendar')).toMatchObject([{}, { urgent: true, conversationId: null }]);
    // One of them is back, and one is cancelled by name of the rest that waits.
    channel.events = all.slice(0, 2);
    expect(await refresh('Airbnb')).toMatchObject({ result: 'held-back', held: 2 });
    expect(await command('calendar-accept', { calendar: 'Airbnb' })).toEqual({ calendar: 'Airbnb', freed: 2 });
    expect((await book('2026-12-18', '2026-12-20', suite.type)).status).toBe(201);
    expect(await refresh('Airbnb')).toMatchObject({ result: 'unchanged', held: 0 });
    // One cancellation of two is nothing unheard of.
    channel.events = all.slice(1, 2);
    expect(await refresh('Airbnb')).toMatchObject({ result: 'changed', held: 0 });
    // The job that does it every quarter of an hour counts what came of it.
    const job = { agent: 'hotel', name: 'read-calendars', workspaceId: 'default', payload: {} };
    await timonel.timonel.jobs.schedule({ ...job, at: new Date(), key: 'now' }, undefined);
    await expect
      .poll(async () => (await call<string>('GET', '/metrics')).body, { timeout: 30_000 })
      .toContain('timonel_agent_hotel_calendar_refreshes_total{result="unchanged"} 1');
  });

  it('show a double booking with the stay that it clashes with, and take what is left of its nights', async () => {
    const { code } = (await book('2026-12-11', '2026-12-12', suite.type)).body;
    await enter({ name: 'Booking', room: suite.room, url: channel.address });
    channel.events = [{ uid: 'x', from: '2026-12-10', to: '2026-12-13' }];
    expect(await refresh('Booking')).toMatchObject({ result: 'changed', conflicts: 1 });
    expect(await list('calendar-events', '?state=conflict')).toMatchObject([
      { calendar: 'Booking', from: '2026-12-10', stays: code },
    ]);
    expect((await list('requests', '?kind=calendar'))[0]?.['text']).toContain('2026-12-11');
    for (const [from, to] of [
      ['2026-12-10', '2026-12-11'],
      ['2026-12-12', '2026-12-13'],
    ])
      expect((await book(String(from), String(to), suite.type)).status, from).toBe(409);
    // Seen again it is told once; with the stay gone it has its nights.
    await refresh('Booking');
    expect(await list('requests', '?kind=calendar')).toHaveLength(1);
    const [stay] = await list('stays');
    await call('DELETE', `${at}/stays/${stay?.id}`);
    expect(await refresh('Booking')).toMatchObject({ conflicts: 0 });
    expect((await book('2026-12-11', '2026-12-12', suite.type)).status).toBe(409);
  });

  it('are told at a link without names, and what comes back of it is no booking', async () => {
    await book('2026-12-11', '2026-12-12', suite.type);
    channel.events = [{ uid: 'own', from: '2026-12-20', to: '2026-12-22' }];
    await enter({ name: 'Airbnb', room: suite.room, url: channel.address });
    await refresh('Airbnb');
    const { path } = await command('calendar-link', { calendar: 'Airbnb' });
    // Not what the channel booked itself.
    expect(await told(path)).toEqual([['2026-12-11', '2026-12-12']]);
    channel.events.push({ uid: 'echo', from: '2026-12-11', to: '2026-12-12', summary: 'Airbnb (Not available)' });
    expect(await refresh('Airbnb')).toMatchObject({ conflicts: 0 });
    expect(await list('calendar-events', '?state=ours')).toHaveLength(1);
    // Another channel hears of both; a booking there of the same nights is a double one.
    await enter({ name: 'Other', room: suite.room });
    const other = (await command('calendar-link', { calendar: 'Other' }))['path'];
    expect(await told(other)).toEqual([
      ['2026-12-11', '2026-12-12'],
      ['2026-12-20', '2026-12-22'],
    ]);
    channel.events.push({ uid: 'true', from: '2026-12-11', to: '2026-12-12', summary: 'Reserved' });
    expect(await refresh('Airbnb')).toMatchObject({ conflicts: 1 });
    const renewed = (await command('calendar-link', { calendar: 'Other' }))['path'];
    for (const url of [
      other,
      String(renewed).replace('workspace=default', 'workspace=another'),
      `${at}/ical/${'A'.repeat(43)}.ics`,
    ])
      expect((await timonel.timonel.app.inject({ method: 'GET', url: String(url) })).statusCode).toBe(404);
  });

  it('of a whole type take any of its rooms, and are told the nights in which none is left', async () => {
    const type = String((await list('room-types')).find(({ name }) => name === 'Doble')?.['code']);
    const rooms = (await list('rooms', `?type=${type}`)).length;
    await enter({ name: 'Booking', type, url: channel.address });
    channel.events = Array.from({ length: rooms - 1 }, (_, index) => ({ uid: `b${index}`, from: '2026-12-10', to: '2026-12-12' }));
    expect(await refresh('Booking')).toMatchObject({ conflicts: 0 });
    await enter({ name: 'Third', type });
    const { path } = await command('calendar-link', { calendar: 'Third' });
    expect(await told(path)).toEqual([]);
    expect((await book('2026-12-11', '2026-12-14', type)).status).toBe(201);
    expect(await told(path)).toEqual([['2026-12-11', '2026-12-12']]);
    expect((await book('2026-12-11', '2026-12-12', type)).status).toBe(409);
    channel.events.push({ uid: 'over', from: '2026-12-10', to: '2026-12-12' });
    expect(await refresh('Booking')).toMatchObject({ conflicts: 1 });
  });

  it('refuse an address of the own network where that is not allowed, and rooms that there are not', async () => {
    expect(await enter({ name: 'No', room: '999', url: channel.address })).toMatchObject({
      detail: expect.stringContaining('no room 999'),
    });
    expect(await enter({ name: 'No', url: channel.address })).toMatchObject({ code: 'row_invalid' });
    await enter({ name: 'Own', room: suite.room, url: channel.address });
    await timonel.close(false);
    const environment = { ...timonel.environment, TIMONEL_AGENT_PRIVATE_ADDRESSES: 'false' };
    timonel = await startTimonel(kind, { agents: [hotel] }, { now: () => now, environment });
    expect(await refresh('Own')).toMatchObject({ result: 'failed', why: expect.stringContaining('https://') });
    expect(channel.asked).toEqual([]);
  });
});
