import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 20_000 };
const root = '/api/v1/agents/booking';

export const walk: ScreenWalk = {
  title: 'moves appointments by keyboard and by dragging, books, cancels, and blocks hours',
  async prepare(api) {
    const { body } = await api.call<{ items: { date: string }[] }>('GET', `${root}/special-dates?limit=100`);
    const special = new Set(body.items.map(({ date: each }) => each));
    // A Wednesday on which nothing is special.
    const days = Array.from({ length: 40 }, (_, at) => new Date(Date.now() + (at + 5) * 86_400_000));
    const date =
      days
        .filter((day) => day.getUTCDay() === 3)
        .map((day) => day.toISOString().slice(0, 10))
        .find((day) => !special.has(day)) ?? '';
    const booked = async (name: string, service: string, staff: string, time: string) => {
      const phone = `+54 11 5555 ${1000 + name.length * 37 + name.charCodeAt(0)}`;
      const answer = await api.call<{ id: string }>('POST', `${root}/appointments`, { date, time, service, staff, name, phone });
      expect(answer.status, JSON.stringify(answer.body)).toBe(201);
      return answer.body.id;
    };
    const ana = await booked('Ana Gil', 'Corte de pelo', 'Carlos Medina', '10:00');
    const beto = await booked('Beto Ruiz', 'Corte y barba', 'Carlos Medina', '12:00');
    await booked('Clara Paz', 'Manicura', 'María Quiroga', '09:30');
    await booked('Dante Sosa', 'Arreglo de barba', 'Juan Ibarra', '15:00');
    await booked('Eugenia Villafañe de Aráoz', 'Maquillaje', 'Lucía Ponce', '11:30');
    return { date, ana, beto };
  },
  addresses: ({ date, ana }) => [`/bookings?date=${date}`, `/bookings?date=${date}&open=${ana}`, `/bookings?date=${date}&open=new`],
  acts: [
    { button: 'Reservar', permission: 'booking:calendar' },
    { button: 'Bloquear', permission: 'booking:manage' },
  ],
  async walk({ page, api, made: { date = '', ana = '', beto = '' }, go, shot }) {
    const rowOf = async (id: string) => {
      const { body } = await api.call<{ time: string; staff: string }>('GET', `${root}/appointments/${id}`);
      return `${body.time} ${body.staff}`;
    };
    await go(`/bookings?date=${date}`);
    // The browser is in another zone than the house.
    const first = page.getByRole('button', { name: /^Ana Gil 10:00.*Corte de pelo$/ });
    await first.waitFor(patient);
    await first.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.getByText('¿Mover a Ana Gil de 10:00 con Carlos Medina a 10:30 con María Quiroga?').waitFor(patient);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByText('¿Mover a Ana Gil').count(), patient).toBe(0);
    expect(await rowOf(ana)).toBe('10:00 Carlos Medina');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const moved = page.getByRole('button', { name: /^Ana Gil 10:30/ });
    await moved.waitFor(patient);
    await page.getByText('Movido.').waitFor(patient);
    expect(await rowOf(ana)).toBe('10:30 Carlos Medina');

    // Dragging proposes the same.
    const box = await page.getByRole('button', { name: /^Beto Ruiz/ }).boundingBox();
    const column = await page.getByRole('region', { name: 'Juan Ibarra' }).boundingBox();
    if (box === null || column === null) throw new Error('Nothing to drag.');
    await page.mouse.move(box.x + 20, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + 40, box.y + 40, { steps: 4 });
    await page.mouse.move(column.x + 20, box.y + 10 + 90 * 1.2, { steps: 6 });
    await page.mouse.up();
    await page.getByText('¿Mover a Beto Ruiz de 12:00 con Carlos Medina a 13:30 con Juan Ibarra?').waitFor(patient);
    expect(await rowOf(beto)).toBe('12:00 Carlos Medina');
    await shot('booking-drag');
    await page.getByRole('button', { name: 'Mover', exact: true }).click();
    await expect.poll(() => rowOf(beto), patient).toBe('13:30 Juan Ibarra');
    await page.getByText('Movido.').waitFor(patient);

    // Who does not do it is refused, and the appointment stays.
    await moved.focus();
    for (let at = 0; at < 3; at += 1) await page.keyboard.press('ArrowRight');
    await page.getByText('con Lucía Ponce?').waitFor(patient);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor(patient);
    expect(await rowOf(ana)).toBe('10:30 Carlos Medina');

    // A click into free time, and the counter's form.
    await page.getByRole('button', { name: 'Libre de 09:00 a 12:00, Juan Ibarra' }).click({ position: { x: 30, y: 40 } });
    const aside = page.getByRole('complementary');
    await aside.getByRole('heading', { name: 'Turno nuevo' }).waitFor(patient);
    expect(await aside.getByLabel('Hora').inputValue()).toBe('09:30');
    expect(await aside.getByLabel('Con').inputValue()).toBe('Juan Ibarra');
    await aside.getByLabel('Servicio').selectOption('Corte de pelo');
    await aside.getByLabel('Cliente').fill('Elsa Mora');
    await aside.getByLabel('Teléfono').fill('+54 11 5555 0199');
    await aside.getByRole('button', { name: 'Reservar' }).click();
    const elsa = page.getByRole('button', { name: /^Elsa Mora 09:30/ });
    await elsa.waitFor(patient);
    await aside.getByRole('heading', { name: 'Elsa Mora' }).waitFor(patient);
    await aside.getByRole('button', { name: 'Cancelar el turno' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancelar el turno' }).click();
    await expect.poll(() => page.getByRole('dialog').count(), patient).toBe(0);
    await expect.poll(() => elsa.count(), patient).toBe(0);

    // Blocked hours are booked by nobody.
    await page.keyboard.press('b');
    await aside.getByLabel('Quién').selectOption('Juan Ibarra');
    await aside.getByLabel('Desde').fill('16:00');
    await aside.getByLabel('Hasta').fill('18:00');
    await aside.getByLabel('Motivo (opcional)').fill('Dentista');
    await aside.getByRole('button', { name: 'Bloquear horas' }).click();
    await aside.getByText('Juan Ibarra: 09:00–12:00, 13:00–16:00, 18:00–20:00').waitFor(patient);
    await shot('booking-blocked');
    const refused = {
      date,
      time: '16:00',
      service: 'Corte de pelo',
      staff: 'Juan Ibarra',
      name: 'Fabio',
      phone: '+54 11 5555 0155',
    };
    expect((await api.call('POST', `${root}/appointments`, refused)).status).toBeGreaterThanOrEqual(400);
    await aside.getByRole('button', { name: 'Volver al horario de siempre' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Volver al horario de siempre' }).click();
    await expect.poll(() => page.getByText('Dentista').count(), patient).toBe(0);
  },
};
