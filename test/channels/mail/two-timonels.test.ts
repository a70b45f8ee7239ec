/** Two Timonels that write to each other by mail stop: after one exchange, and also where something between them takes away what would tell them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MailSalon, openMailSalon, patient } from './mail-salon.ts';
import { MailServers, mailOf } from './mail-servers.ts';

const [one, other] = ['one@salon.test', 'other@salon.test'];
const servers = new MailServers();
const salons: MailSalon[] = [];
beforeAll(async () => {
  await servers.listen();
  const settings = { pollSeconds: 1, turnsPerHour: 3 };
  for (const address of [one, other]) salons.push(await openMailSalon('embedded', { servers, address, settings }));
}, 120_000);
afterAll(async () => {
  for (const each of salons) await each[Symbol.asyncDispose]();
  servers.close();
});

/** A mail of a stranger that comes after all others was answered: what came before was looked at. */
const settled = async (stranger: string) => {
  for (const address of [one, other]) servers.mailboxes.get(address)?.put(mailOf(stranger, address));
  await expect.poll(() => servers.sent.filter(({ envelope }) => envelope.to.includes(stranger)).length, patient).toBe(2);
};
const between = () =>
  servers.sent.filter(({ envelope }) => [one, other].includes(envelope.to[0] ?? '')).map(({ envelope }) => envelope.to[0]);

it('stops after one exchange', async () => {
  // Somebody writes by hand from the address of the other one.
  servers.mailboxes.get(one)?.put(mailOf(other, one, { text: 'hola' }));
  await expect.poll(between, patient).toEqual([other]);
  await settled('first@people.test');
  await settled('second@people.test');
  expect(between()).toEqual([other]);
});

it('stops at the limit of a contact where the headers are lost on the way', async () => {
  servers.sent.length = 0;
  servers.relay = (raw) => raw.replace(/^(?:Auto-Submitted|X-Auto-Response-Suppress):.*\r\n/gim, '');
  servers.mailboxes.get(one)?.put(mailOf(other, one, { text: 'hola otra vez' }));
  // One mail of the hour before counts for the first one.
  await expect.poll(() => between().length, patient).toBe(4);
  await settled('third@people.test');
  await settled('fourth@people.test');
  expect(between()).toHaveLength(4);
});
