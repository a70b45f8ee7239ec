import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

interface Board {
  hotels: readonly { today: string }[];
  rooms: readonly { room: string; stays: readonly { id: string; code: string | null }[] }[];
}

const patient = { timeout: 20_000 };
const root = '/api/v1/agents/hotel';

function later(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export const walk: ScreenWalk = {
  title: 'moves a guest to another room by keyboard and by dragging, checks in and out, blocks and opens rooms, cancels',
  async prepare(api) {
    const board = (await api.call<Board>('GET', `${root}/board`)).body;
    const today = board.hotels[0]?.today ?? '';
    const booked = async (name: string, from: number, nights: number, type = 'DBL') => {
      const days = { checkIn: later(today, from), checkOut: later(today, from + nights) };
      const phone = `+54 223 555 ${1000 + name.charCodeAt(0) * 7}`;
      const answer = await api.call<{ id: string; code: string }>('POST', `${root}/stays`, {
        ...days,
        type,
        adults: 2,
        name,
        phone,
      });
      expect(answer.status, JSON.stringify(answer.body)).toBe(201);
      return answer.body;
    };
    const ana = await booked('Ana Gil', 0, 3);
    const beto = await booked('Beto Ruiz', 4, 3);
    const clara = await booked('Clara Paz', 0, 2);
    await booked('Dante Sosa', 2, 6, 'SUP');
    await booked('Eugenia Villafañe de Aráoz', 6, 4);
    expect((await api.call('POST', `${root}/commands/check-in`, { code: clara.code })).status).toBe(200);
    const conversation = await api.converse('hotel', { name: 'Ana Gil' });
    const { pool } = api.timonel.store;
    await pool.executeText('UPDATE hotel_bookings SET conversation_id = $2, late_until = $3 WHERE id = $1', [
      ana.id,
      conversation,
      '13:00',
    ]);
    // A hold, as the agent makes one for somebody who has not answered yet.
    const held = await booked('Fabio Luna', 9, 2);
    await pool.executeText(
      `UPDATE hotel_bookings SET status = 'held', hold_expires_at = now() + interval '3 hours' WHERE id = $1`,
      [held.id],
    );
    await pool.executeText(`UPDATE hotel_stays SET status = 'held' WHERE booking_id = $1`, [held.id]);
    const seatOf = async (code: string) => {
      const { rooms } = (await api.call<Board>('GET', `${root}/board`)).body;
      return rooms.flatMap(({ stays }) => stays).find((stay) => stay.code === code)?.id ?? '';
    };
    return { today, ana: ana.code, beto: beto.code, seat: await seatOf(ana.code) };
  },
  addresses: ({ today, seat }) => [
    `/rooms?from=${today}`,
    `/rooms?from=${today}&open=${seat}`,
    `/rooms?from=${today}&list=arrivals`,
    `/rooms?from=${today}&open=block`,
  ],
  acts: [{ button: 'Bloquear', permission: 'hotel:stays' }],
  async walk({ page, api, made: { today = '', ana = '', beto = '' }, go, shot }) {
    const roomOf = async (code: string) => {
      const { rooms } = (await api.call<Board>('GET', `${root}/board?from=${today}`)).body;
      return rooms.find(({ stays }) => stays.some((stay) => stay.code === code))?.room ?? '';
    };
    const confirm = async (verb: string) => {
      await page.getByRole('dialog').getByRole('button', { name: verb }).click();
      await expect.poll(() => page.getByRole('dialog').count(), patient).toBe(0);
    };
    await go(`/rooms?from=${today}`);
    const stay = page.getByRole('button', { name: /^Ana Gil reservada/ });
    await stay.waitFor(patient);
    const first = await roomOf(ana);
    await stay.focus();
    await page.keyboard.press('ArrowDown');
    const proposed = page.getByText(/¿Pasar a Ana Gil de la habitación \d+ a la \d+\?/);
    await proposed.waitFor(patient);
    await page.keyboard.press('Escape');
    await expect.poll(() => proposed.count(), patient).toBe(0);
    expect(await roomOf(ana)).toBe(first);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText(/^Movido\./).waitFor(patient);
    expect(await roomOf(ana)).not.toBe(first);

    // Dragging proposes the same; a better room says so.
    const entry = page.getByRole('button', { name: /^Beto Ruiz/ });
    const box = await entry.boundingBox();
    const better = await page.getByRole('region', { name: 'Habitación 205' }).boundingBox();
    if (box === null || better === null) throw new Error('Nothing to drag.');
    const before = await roomOf(beto);
    await page.mouse.move(box.x + 20, box.y + 8);
    await page.mouse.down();
    await page.mouse.move(box.x + 24, box.y + 30, { steps: 3 });
    await page.mouse.move(box.x + 24, better.y + 10, { steps: 6 });
    await page.mouse.up();
    await page.getByText(`¿Pasar a Beto Ruiz de la habitación ${before} a la 205?`).waitFor(patient);
    await page.getByText('al mismo precio').waitFor(patient);
    expect(await roomOf(beto)).toBe(before);
    await shot('rooms-drag');
    await page.getByRole('button', { name: 'Mover', exact: true }).click();
    await expect.poll(() => roomOf(beto), patient).toBe('205');

    // The day's work: who arrives is checked in, who leaves is checked out.
    await page.getByRole('button', { name: /^Llegadas/ }).click();
    const aside = page.getByRole('complementary');
    await aside.getByText('Ana Gil').waitFor(patient);
    await page.getByRole('button', { name: /^Ana Gil reservada/ }).click();
    await aside.getByText('sale tarde 13:00').waitFor(patient);
    await aside.getByRole('link', { name: 'Conversación con el huésped' }).waitFor(patient);
    await aside.getByRole('button', { name: 'Hacer check-in' }).click();
    await aside.getByText('en casa', { exact: true }).waitFor(patient);
    await shot('rooms-in-house');
    await aside.getByRole('button', { name: 'Hacer check-out' }).click();
    await confirm('Hacer check-out');
    await expect.poll(() => page.getByRole('button', { name: /^Ana Gil/ }).count(), patient).toBe(0);

    // A blocked room is sold to nobody, until it is open again.
    await page.keyboard.press('b');
    await aside.getByLabel('Habitación').selectOption('101');
    await aside.getByLabel('Desde').fill(later(today, 1));
    await aside.getByLabel('Hasta').fill(later(today, 3));
    await aside.getByLabel('Motivo (opcional)').fill('Pintura');
    await aside.getByRole('button', { name: 'Bloquear una habitación' }).click();
    await aside.getByText('Bloqueada.').waitFor(patient);
    await page.getByRole('button', { name: /^Pintura bloqueada/ }).click();
    await aside.getByRole('button', { name: 'Abrirla de nuevo' }).click();
    await confirm('Abrirla de nuevo');
    await expect.poll(() => page.getByRole('button', { name: /^Pintura/ }).count(), patient).toBe(0);

    await page.getByRole('button', { name: /^Beto Ruiz/ }).click();
    await aside.getByRole('button', { name: 'Cancelar la estadía' }).click();
    await confirm('Cancelar la estadía');
    await expect.poll(() => page.getByRole('button', { name: /^Beto Ruiz/ }).count(), patient).toBe(0);
    expect(await roomOf(beto)).toBe('');
  },
};
