import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 20_000 };

export const walk: ScreenWalk = {
  title: 'takes a conversation over, answers, notes and hands back, as the customer goes on writing',
  async prepare(api) {
    const id = await api.converse('notes', { name: 'Ana Gil', phone: '+54 9 351 555 0101' });
    await api.say(id, 'Hola, ¿me anotás?');
    await api.call('POST', `/api/v1/conversations/${id}/assign`, { priority: 'urgent' });
    return { id };
  },
  addresses: ({ id }) => [`/inbox/${id}?view=open`, '/inbox?view=closed'],
  acts: [
    { button: 'Tomar', permission: 'conversations:reply' },
    { button: 'Cerrar', permission: 'conversations:write' },
  ],
  async walk({ page, api, made: { id = '' }, go, shot }) {
    await go('/inbox?view=open');
    await page.getByRole('button', { name: /Ana Gil/ }).click();
    const log = page.getByRole('log', { name: 'Mensajes' });
    await log.getByText('Anotado: Hola, ¿me anotás?').waitFor(patient);
    // By keyboard: take, reply, note, hand back.
    await page.keyboard.press('t');
    await page.getByRole('button', { name: 'Responder', exact: true }).waitFor(patient);
    expect(await page.getByRole('button', { name: 'Tomar' }).count()).toBe(0);
    await page.keyboard.press('r');
    const field = page.getByRole('textbox', { name: 'Responder' });
    await field.waitFor(patient);
    await field.fill('Soy Luz, ');
    // A draft survives a reload.
    await page.reload();
    await expect.poll(() => field.inputValue(), patient).toBe('Soy Luz, ');
    // What is said meanwhile is seen before one sends.
    await api.call('POST', `/api/v1/conversations/${id}/messages`, { text: '¿Hay alguien?' });
    await log.getByText('¿Hay alguien?').waitFor(patient);
    await field.press('End');
    await field.pressSequentially('te anoto.');
    await page.getByText('Se dijo algo mientras escribías.').waitFor(patient);
    await field.press('Enter');
    await field.press('Enter');
    await log.getByText('Soy Luz, te anoto.').waitFor(patient);
    await expect.poll(() => field.inputValue(), patient).toBe('');
    await field.press('Escape');
    await page.keyboard.press('n');
    await page.getByRole('textbox', { name: 'Nota' }).fill('Prefiere la mañana.');
    await page.keyboard.press('Enter');
    await log.getByText('Prefiere la mañana.').waitFor(patient);
    await shot('inbox-taken');
    const { body } = await api.call<{ messages: { text: string }[] }>('GET', `/api/v1/conversations/${id}`);
    expect(body.messages.at(-1)?.text).toBe('Soy Luz, te anoto.');
    await page.keyboard.press('Escape');
    await page.keyboard.press('h');
    await page.getByRole('dialog').getByRole('button', { name: 'Devolver' }).click();
    await log.getByText(/devuelta al agente/).waitFor(patient);
    await page.getByRole('button', { name: 'Tomar' }).waitFor(patient);
  },
};
