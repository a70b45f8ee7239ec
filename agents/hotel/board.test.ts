/** The board of rooms: who is where, moves to other rooms, and what it refuses. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPerson } from '../../test/identity/people.ts';
import { newWorkspace } from '../../test/new-workspace.ts';
import { storeKinds } from '../../test/stores.ts';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { hotel } from './agent.ts';

const now = new Date('2026-11-19T12:00:00Z');
const at = '/api/v1/agents/hotel';

interface Stay {
  id: string;
  version: number;
  code: string | null;
  guest: string;
  status: string;
  pinned: boolean;
}
interface Board {
  hotels: { name: string; today: string; system: string | null; conflicts: number }[];
  rooms: { room: string; type: string; stays: Stay[] }[];
}

describe.each(storeKinds)('the board of rooms (%s)', (kind) => {
  let timonel: TestTimonel;
  const call: TestTimonel['call'] = (...args) => timonel.call(...args);
  const board = async () => (await call<Board>('GET', `${at}/board?from=2026-11-23&days=14`)).body;
  const placeOf = async (guest: string) => {
    const { rooms } = await board();
    const room = rooms.find(({ stays }) => stays.some((stay) => stay.guest === guest));
    const stay = room?.stays.find((each) => each.guest === guest);
    if (room === undefined || stay === undefined) throw new Error(`${guest} has no room.`);
    return { ...stay, room: room.room, type: room.type };
  };
  const book = async (name: string, checkIn: string, checkOut: string) => {
    const stay = { checkIn, checkOut, type: 'DBL', adults: 2, name, phone: '223 555 9900' };
    expect((await call('POST', `${at}/stays`, stay)).status).toBe(201);
    return placeOf(name);
  };
  const move = (stay: Stay, room: string, more: object = {}) =>
    call<{ room: string; moved: number; code: string; detail: string }>('PUT', `${at}/seats/${stay.id}`, {
      room,
      version: stay.version,
      ...more,
    });

  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [hotel] }, { now: () => now });
  });
  afterAll(() => timonel?.close());

  it('moves a stay to another room of its type or a better one, and keeps it there', async () => {
    const rita = await book('Rita Sosa', '2026-11-23', '2026-11-26');
    expect((await board()).hotels).toMatchObject([{ today: '2026-11-19', system: null, conflicts: 0 }]);
    const free = rita.room === '204' ? '203' : '204';
    expect((await move(rita, free)).body).toMatchObject({ room: free, moved: 0 });
    expect(await placeOf('Rita Sosa')).toMatchObject({ room: free, pinned: true });
    const stale = await move(rita, rita.room);
    expect([stale.status, stale.body.code]).toEqual([409, 'row_conflict']);
    const superior = (await board()).rooms.find(({ type }) => type === 'Doble Superior')?.room ?? '';
    expect((await move(await placeOf('Rita Sosa'), superior, { pinned: false })).status).toBe(200);
    expect(await placeOf('Rita Sosa')).toMatchObject({ room: superior, type: 'Doble Superior', pinned: false });
  });

  it('has others make room, and refuses where they cannot', async () => {
    const ana = await book('Ana Gil', '2026-12-01', '2026-12-04');
    const beto = await book('Beto Ruiz', '2026-12-02', '2026-12-03');
    expect(beto.room).not.toBe(ana.room);
    // Who has it is moved: nobody chose that room.
    expect((await move(beto, ana.room)).body).toMatchObject({ room: ana.room, moved: 1 });
    const moved = await placeOf('Ana Gil');
    expect(moved.room).not.toBe(ana.room);
    // Now it is pinned, and keeps its room.
    const refused = await move(moved, ana.room);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('cannot be moved')]);
    expect((await placeOf('Ana Gil')).room).toBe(moved.room);
    const nowhere = await move(moved, '999');
    expect([nowhere.status, nowhere.body.code]).toEqual([422, 'row_invalid']);
    const closed = await call('POST', `${at}/closures`, { room: '108', from: '2026-12-01', to: '2026-12-05', reason: 'Pintura' });
    expect(closed.status).toBe(201);
    expect((await move(await placeOf('Ana Gil'), '108')).status).toBe(409);
  });

  it('is for those who work there, in their own workspace', async () => {
    const ana = await placeOf('Ana Gil');
    const member = await newPerson(timonel, { role: 'member' });
    expect((await call('GET', `${at}/board`, undefined, member.headers)).status).toBe(403);
    const put = { room: '203', version: ana.version };
    expect((await call('PUT', `${at}/seats/${ana.id}`, put, member.headers)).status).toBe(403);
    await newWorkspace(timonel, 'other');
    const stranger = await newPerson(timonel, { role: 'receptionist', workspaceId: 'other' });
    expect((await call('PUT', `${at}/seats/${ana.id}`, put, stranger.headers)).status).toBe(404);
    expect((await call('GET', `${at}/board`, undefined, stranger.headers)).body['rooms']).toEqual([]);
    expect((await placeOf('Ana Gil')).room).toBe(ana.room);
  });
});
