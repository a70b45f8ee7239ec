/**
 * People who see the console for the first time, and go by what it says. `npm run pictures` keeps what they see in `docs/pictures/console`, for the
 * pages of docs that show it.
 */
import { existsSync, globSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../needs.ts';
import { appointmentLink } from './appointment-link.ts';
import { type ConsoleTest, openConsole, patient, settled } from './console-test.ts';

const docs = join(import.meta.dirname, '../../docs');
const pictures = join(docs, 'pictures/console');
const writes = process.env['TIMONEL_TEST_PICTURES'] !== undefined;
const taken = new Set<string>();

/** What is shown at that place, as docs have it. */
async function shot(page: Page, name: string): Promise<void> {
  taken.add(name);
  if (!writes) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled', caret: 'hide' });
}

/** The next Monday that is a week away: a day on which nothing of the sample is there. */
function monday(): string {
  const days = Array.from({ length: 7 }, (_, at) => new Date(Date.now() + (at + 7) * 86_400_000));
  return (days.find((day) => day.getUTCDay() === 1) ?? new Date()).toISOString().slice(0, 10);
}

describe.runIf(needs('Chromium'))('who sees the console for the first time', () => {
  let test: ConsoleTest;
  const small = { width: 1100 };
  beforeAll(async () => {
    test = await openConsole();
  }, 120_000);
  afterAll(() => test?.[Symbol.asyncDispose]());

  it('an owner offers a service, says who does it and when, and takes a booking', async () => {
    const { page, context, faults } = await test.signedInAs('owner', small);
    const form = page.getByRole('complementary');
    const add = async (what: string, fill: () => Promise<void>) => {
      await page.getByRole('link', { name: 'Datos', exact: true }).click();
      await page.getByRole('link', { name: what, exact: true }).click();
      await page.getByRole('button', { name: 'Agregar' }).click();
      await fill();
      await form.getByRole('button', { name: 'Guardar' }).click();
      await form
        .getByText('Se agregó')
        .or(form.getByText('Guardado.'))
        .or(form.getByRole('button', { name: 'Borrar' }))
        .first()
        .waitFor(patient);
    };
    await page.getByRole('link', { name: 'Datos', exact: true }).click();
    await page.getByRole('link', { name: 'Servicios', exact: true }).waitFor(patient);
    await settled(page);
    await shot(page, 'owner-data');
    await add('Servicios', async () => {
      await form.getByLabel('Nombre *').fill('Masaje relajante');
      await form.getByLabel('Precio *').fill('14000');
      await form.getByLabel('Duración *').fill('60');
      // What a form asks for is said in the language of the reader.
      expect(await form.textContent()).not.toMatch(/customers|whoever|In the house/);
      await shot(page, 'owner-service');
    });
    await add('Personal', async () => {
      await form.getByLabel('Nombre *').fill('Ana Ruiz');
      await form.getByLabel('Masaje relajante').check();
    });
    for (const [opens, closes] of [
      ['09:00', '13:00'],
      ['15:00', '19:00'],
    ] as const)
      await add('Horarios', async () => {
        await form.getByLabel('Persona').selectOption('Ana Ruiz');
        await form.getByLabel('Día *').selectOption('lunes');
        await form.getByLabel('Abre *').fill(opens);
        await form.getByLabel('Cierra *').fill(closes);
      });
    await shot(page, 'owner-hours');
    await page.getByRole('link', { name: 'Turnos' }).click();
    await page.getByLabel('Día', { exact: true }).fill(monday());
    await page.getByRole('heading', { name: 'Ana Ruiz' }).waitFor(patient);
    await page.getByRole('button', { name: 'Reservar' }).click();
    await form.getByLabel('Servicio').selectOption('Masaje relajante');
    await form.getByLabel('Hora').fill('10:00');
    await form.getByLabel('Cliente').fill('Eva Gómez');
    await form.getByLabel('Teléfono').fill('+54 351 555-7788');
    await form.getByRole('button', { name: 'Reservar' }).click();
    await page.getByRole('button', { name: /^Eva Gómez 10:00/ }).waitFor(patient);
    await shot(page, 'owner-bookings');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('a receptionist answers who asks for a person, and gives the conversation back', async () => {
    const conversation = await test.api.converse('notes', { name: 'Rita Sosa', phone: '+54 9 351 555 0199' });
    await test.api.say(conversation, '¿Me anotás para el sábado?');
    await test.api.call('POST', `/api/v1/conversations/${conversation}/assign`, { priority: 'urgent' });
    const { page, context, faults } = await test.signedInAs('receptionist', small);
    await page.getByRole('link', { name: /Bandeja/ }).click();
    await page.getByRole('button', { name: /Rita Sosa/ }).click();
    await page.getByRole('button', { name: 'Tomar' }).click();
    await page.getByRole('button', { name: 'Responder', exact: true }).click();
    await page.getByRole('textbox', { name: 'Responder' }).fill('Hola Rita, el sábado abrimos a las 9. ¿Te anoto?');
    await shot(page, 'desk-inbox');
    await page.getByRole('button', { name: 'Enviar' }).click();
    await page.getByRole('log', { name: 'Mensajes' }).getByText('el sábado abrimos a las 9').waitFor(patient);
    await page.getByRole('button', { name: 'Devolver' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Devolver' }).click();
    await page.getByRole('button', { name: 'Tomar' }).waitFor(patient);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('an operator decides a call that waits, and finds what is wrong', async () => {
    const conversation = await test.api.converse('notes', { name: 'Luis' });
    await test.api.say(conversation, 'Borrá las notas de enero');
    const { page, context, faults } = await test.signedInAs('operator', small);
    await page.getByRole('link', { name: /Aprobaciones/ }).click();
    await page
      .getByRole('button', { name: /delete_notes/ })
      .first()
      .click();
    await page.getByText('Borrá las notas de enero').first().waitFor(patient);
    await expect.poll(() => page.getByRole('button', { name: 'Aprobar' }).isEnabled(), patient).toBe(true);
    await shot(page, 'operator-approval');
    await page.getByRole('button', { name: 'Aprobar' }).click();
    await page.getByText('Nada espera aprobación.').waitFor(patient);
    await page.getByRole('link', { name: /Salud/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Salud' }).waitFor(patient);
    await settled(page);
    await shot(page, 'operator-health');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('a programmer finds why a run refused something, and makes a case of it', async () => {
    await test.api.say(await test.api.converse('notes', { name: 'Caso' }), 'Guardá: el password es 1234');
    const { page, context, faults } = await test.signedInAs('admin', small);
    await page.getByRole('link', { name: 'Ejecuciones' }).click();
    await page.getByRole('table').getByText('notes').first().click();
    const steps = page.getByRole('list', { name: 'Pasos' });
    await steps
      .getByRole('button', { name: /no-secrets/ })
      .first()
      .click();
    await page.getByRole('complementary').getByText('No guardo contraseñas.', { exact: true }).waitFor(patient);
    await page.getByRole('button', { name: 'Agregar como caso de evaluación' }).waitFor(patient);
    await shot(page, 'programmer-run');
    await page.getByRole('link', { name: 'Lanzamientos' }).click();
    await page.getByRole('heading', { level: 1, name: 'Lanzamientos' }).waitFor(patient);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('a customer moves and cancels an appointment on a phone, by keyboard too', async () => {
    const link = await appointmentLink(test, 'Eva Gil');
    const { page, context, faults } = await test.open({ width: 390 });
    await page.goto(link);
    await page.getByRole('heading', { name: 'Tu turno' }).waitFor(patient);
    await shot(page, 'customer-appointment');
    await page.getByRole('link', { name: 'Cambiar el horario' }).click();
    await page.getByRole('radio', { name: '16:00' }).focus();
    await page.keyboard.press('Space');
    await shot(page, 'customer-move');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Listo, el turno cambió de horario.').waitFor(patient);
    await page.getByText(/viernes.*, 16:00/).waitFor(patient);
    await page.getByRole('link', { name: 'In English' }).click();
    await page.getByRole('link', { name: 'Cancel the appointment' }).click();
    await page.getByRole('button', { name: 'Yes, cancel the appointment' }).click();
    await page.getByRole('status').getByText('Done, the appointment is cancelled.').waitFor(patient);
    expect(await page.getByRole('link', { name: 'Change the time' }).count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('is what the pages of docs show: each picture was taken here, is there, and is small', () => {
    const shown = globSync('{,es/}console-*.md', { cwd: docs }).flatMap((file) =>
      [...readFileSync(join(docs, file), 'utf8').matchAll(/pictures\/console\/([a-z-]+)\.png/g)].map(([, name = '']) => name),
    );
    expect([...new Set(shown)].sort()).toEqual([...taken].sort());
    for (const name of taken) {
      const file = join(pictures, `${name}.png`);
      expect([name, existsSync(file)]).toEqual([name, true]);
      expect(statSync(file).size).toBeLessThan(150_000);
    }
    expect(
      globSync('*.png', { cwd: pictures })
        .map((file) => file.replace('.png', ''))
        .sort(),
    ).toEqual([...taken].sort());
  });
});
