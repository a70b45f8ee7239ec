import { expect, vi } from 'vitest';
import { secrets, signatureOf } from '../../../../test/channels/cloud-api.ts';
import { change, message, webhook } from '../../../../test/channels/webhooks.ts';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';
import type { TestTimonel } from '../../../../test/timonel.ts';

const patient = { timeout: 20_000 };
const account = '5550001119';
const templates = [
  { name: 'reminder', language: 'es_AR', parameters: ['name', 'when'], text: 'Hola {{name}}, tu turno es {{when}}.' },
];

/** Somebody who wrote on WhatsApp two days ago: free text does not reach them any more. */
async function lateCustomer(api: TestTimonel): Promise<string> {
  const settings = { phoneNumberId: account, templates };
  const connection = { channel: 'whatsapp', name: 'Walk inbox', agent: 'notes', settings, secrets };
  const { body: added } = await api.call<{ id: string }>('POST', '/api/v1/channels', connection);
  const person = { phone: '5493515550144', name: 'Rita Late' };
  const timestamp = String(Math.floor(Date.now() / 1_000) - 2 * 86_400);
  const said = message(person, { type: 'text', text: { body: 'Hola' }, timestamp });
  const payload = webhook([change(person, [said], [], account)]);
  await api.timonel.app.inject({
    method: 'POST',
    url: `/api/v1/channels/${added.id}/webhook`,
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(payload) },
    payload,
  });
  return vi.waitFor(
    async () => {
      const { body } = await api.call<{ conversations: { id: string; contact: { name?: string } | null }[] }>(
        'GET',
        '/api/v1/conversations?channel=whatsapp',
      );
      const found = body.conversations.find(({ contact }) => contact?.name === 'Rita Late');
      if (found === undefined) throw new Error('The customer is not there yet.');
      return found.id;
    },
    { timeout: 60_000, interval: 200 },
  );
}

export const walk: ScreenWalk = {
  title: 'takes a conversation over, answers, notes and hands back, as the customer goes on writing',
  async prepare(api) {
    const id = await api.converse('notes', { name: 'Nora Gil', phone: '+54 9 351 555 0101' });
    await api.say(id, 'Hola, ¿me anotás?');
    await api.call('POST', `/api/v1/conversations/${id}/assign`, { priority: 'urgent' });
    const late = await lateCustomer(api);
    await api.call('PUT', `/api/v1/canned-texts/${encodeURIComponent('dirección')}`, {
      text: 'Hola {name}, estamos en San Martín 12.',
    });
    return { id, late };
  },
  addresses: ({ id }) => [`/inbox/${id}?view=open`, '/inbox?view=closed'],
  acts: [
    { button: 'Tomar', permission: 'conversations:reply' },
    { button: 'Cerrar', permission: 'conversations:write' },
  ],
  async walk({ page, api, made: { id = '', late = '' }, go, shot }) {
    await go('/inbox?view=open');
    await page.getByRole('button', { name: /Nora Gil/ }).click();
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
    // A canned text by a slash, and a file with it.
    await field.pressSequentially('/dire');
    await page.getByRole('option', { name: /dirección/ }).waitFor(patient);
    await shot('inbox-canned');
    await field.press('Enter');
    expect(await field.inputValue()).toBe('Hola Nora Gil, estamos en San Martín 12.');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'mapa.txt', mimeType: 'text/plain', buffer: Buffer.from('San Martín 12') });
    await page.getByText('mapa.txt', { exact: true }).waitFor(patient);
    await field.press('Enter');
    await log.getByText('Hola Nora Gil, estamos en San Martín 12.').waitFor(patient);
    await log.getByText('mapa.txt').waitFor(patient);
    await page.getByRole('button', { name: 'Textos guardados' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Nombre').fill('gracias');
    await dialog.getByRole('textbox', { name: /^Texto/ }).fill('¡Gracias!');
    await dialog.getByRole('button', { name: 'Guardar texto' }).click();
    await dialog.getByRole('button', { name: '/gracias' }).click();
    await expect.poll(() => field.inputValue(), patient).toBe('¡Gracias!');
    await field.fill('');
    await field.press('Escape');
    await page.keyboard.press('n');
    await page.getByRole('textbox', { name: 'Nota' }).fill('Prefiere la mañana.');
    await page.keyboard.press('Enter');
    await log.getByText('Prefiere la mañana.').waitFor(patient);
    await shot('inbox-taken');
    const { body } = await api.call<{ messages: { text: string }[] }>('GET', `/api/v1/conversations/${id}`);
    expect(body.messages.at(-1)?.text).toBe('Hola Nora Gil, estamos en San Martín 12.');
    await page.keyboard.press('Escape');
    await page.keyboard.press('h');
    await page.getByRole('dialog').getByRole('button', { name: 'Devolver' }).click();
    await log.getByText(/devuelta al agente/).waitFor(patient);
    await page.getByRole('button', { name: 'Tomar' }).waitFor(patient);

    // Two days later a template reaches the customer, and nothing else.
    await go(`/inbox/${late}?view=open`);
    await page.keyboard.press('t');
    await page.getByText('solo le llega una plantilla').waitFor(patient);
    expect(await page.getByRole('textbox', { name: 'Responder' }).count()).toBe(0);
    await page.getByLabel('when').fill('mañana a las 10');
    await page.getByText('Hola Rita Late, tu turno es mañana a las 10.').waitFor(patient);
    await shot('inbox-template');
    await page.getByRole('button', { name: 'Enviar plantilla' }).click();
    await log.getByText('Hola Rita Late, tu turno es mañana a las 10.').waitFor(patient);
  },
};
