/** A receptionist answers a notice from her own mail: the customer gets it, once, and nobody else can. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MailSalon, openMailSalon, patient } from '../channels/mail/mail-salon.ts';
import { MailServers, mailOf } from '../channels/mail/mail-servers.ts';
import { addUser } from '../identity/people.ts';
import { escalate, shop } from './desk-agent.ts';

const mailbox = 'avisos@shop.test';
const ana = 'ana@desk.test';
const servers = new MailServers();
let salon: MailSalon;
let ahead = 0;
beforeAll(async () => {
  await servers.listen();
  salon = await openMailSalon('embedded', {
    servers,
    address: mailbox,
    agent: shop,
    model: (said) => (said.includes('persona') ? escalate('una persona') : `echo: ${said}`),
    settings: { handoffReplies: true, pollSeconds: 1 },
    environment: { TIMONEL_SMTP_URL: `smtp://127.0.0.1:${servers.smtpPort}`, TIMONEL_MAIL_FROM: 'Avisos <avisos@server.test>' },
    now: () => new Date(Date.now() + ahead),
  });
  await addUser(salon.test, { email: ana, role: 'receptionist' });
  const settings = { dueMinutes: 10, urgentMinutes: 5, silenceMinutes: 0, quietHours: null, emails: [ana, 'boss@desk.test'] };
  expect((await salon.test.call('PUT', '/api/v1/handoff-settings', settings)).status).toBe(200);
}, 60_000);
afterAll(async () => {
  await salon?.[Symbol.asyncDispose]();
  servers.close();
});

const said = async (conversation: string) => {
  const rows = await salon.rows<{ role: string; text: string }>(
    'SELECT role, text FROM messages WHERE conversation_id = $1 ORDER BY turn, role DESC',
    [conversation],
  );
  return rows.map(({ role, text }) => `${role}: ${text}`);
};
const say = (conversation: string, text: string) =>
  salon.test.call('POST', `/api/v1/conversations/${conversation}/messages`, { text });

/** A conversation that waits for a person, and the notice of it. */
async function waiting() {
  const { body } = await salon.test.call('POST', '/api/v1/conversations', { agent: 'shop' });
  const { id } = body as { id: string };
  const before = salon.to(ana).length;
  await say(id, 'quiero una persona');
  await expect.poll(() => salon.to(ana).length, patient).toBe(before + 1);
  const notice = salon.to(ana)[before];
  if (notice === undefined) throw new Error('There is no notice.');
  return { id, notice };
}

function answer(to: string | undefined, text: string, from = ana): void {
  const headers = { 'In-Reply-To': to ?? '', References: to ?? '' };
  const raw = mailOf(from, mailbox, {
    subject: 'Re: aviso',
    text: `${text}\n\nEl lun, 30 nov 2026 a las 9:00, Avisos (<avisos@server.test>) escribió:\n> Hola:\n`,
    headers,
  });
  salon.mailbox.put(raw);
  salon.mailbox.put(raw);
}

it('says to the customer what she answers, tells her what the customer says then, and hands back at her word', async () => {
  const { id, notice } = await waiting();
  expect(notice.replyTo?.map(({ address }) => address)).toEqual([mailbox]);
  expect(notice.text).toContain('| user: quiero una persona');
  answer(notice.messageId, 'Hola, soy Ana. ¿En qué te ayudo?');
  await expect.poll(() => said(id), patient).toContain('person: Hola, soy Ana. ¿En qué te ayudo?');
  await say(id, 'quiero cambiar la fecha');
  await salon.test.timonel.handoff.round.run();
  const written = () => salon.to(ana).filter(({ text = '' }) => text.includes('cambiar la fecha'));
  await expect.poll(() => written().length, patient).toBe(1);
  expect(written()[0]?.inReplyTo).toBe(notice.messageId);
  answer(written()[0]?.messageId, '#devolver\nListo, ya está cambiada.');
  const handler = () => salon.rows('SELECT handler FROM conversations WHERE id = $1', [id]);
  await expect.poll(handler, patient).toEqual([{ handler: 'agent' }]);
  expect((await said(id)).slice(-3)).toEqual([
    'person: Hola, soy Ana. ¿En qué te ayudo?',
    'user: quiero cambiar la fecha',
    'person: Listo, ya está cambiada.',
  ]);
  expect(await salon.rows(`SELECT count(*)::int AS count FROM channel_inbox`)).toEqual([{ count: 0 }]);
  await salon.test.timonel.handoff.round.run();
  expect(written()).toHaveLength(1);
});

it('refuses tokens that are forged or expired, and people who may not, and tells members alone', async () => {
  const { id, notice } = await waiting();
  const before = await said(id);
  const refusals = () => salon.to(ana).filter(({ subject }) => subject === 'Tu respuesta no le llegó al cliente');
  // A stranger who has the token, and an address of the notice that is no member's.
  for (const from of ['stranger@people.test', 'boss@desk.test']) answer(notice.messageId, 'soy de la casa', from);
  const forged = notice.messageId?.replace(
    /\.([0-9a-f])([0-9a-f]{31})@/,
    (_, first: string, rest: string) => `.${first === '0' ? '1' : '0'}${rest}@`,
  );
  answer(forged, 'esto es falso');
  await expect.poll(() => refusals().some(({ text = '' }) => text.includes('no es la respuesta a un aviso')), patient).toBe(true);
  ahead = 8 * 86_400_000;
  answer(notice.messageId, 'tarde');
  await expect.poll(() => refusals().some(({ text = '' }) => text.includes('el aviso venció')), patient).toBe(true);
  ahead = 0;
  expect(await said(id)).toEqual(before);
  for (const stranger of ['stranger@people.test', 'boss@desk.test'])
    expect(salon.to(stranger).filter(({ subject }) => subject?.includes('respuesta'))).toEqual([]);
});
