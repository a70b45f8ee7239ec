/** The stand-in for Meta against a client library of others: what that library writes is taken, what it refuses is refused, what we sign it accepts. */

import { expect, it } from 'vitest';
import { WhatsAppAPI } from 'whatsapp-api-js';
import { ActionButtons, ActionList, Body, Button, Interactive, ListSection, Row, Text } from 'whatsapp-api-js/messages';
import { CloudApi, phoneNumberId, secrets, signatureOf } from './cloud-api.ts';
import { faultOfMessage } from './message-limits.ts';
import { change, message, webhook } from './webhooks.ts';

/** The body that the library sends for a message. */
const bodyOf = (content: Text | Interactive) => {
  const type = content._type;
  return { messaging_product: 'whatsapp', type, [type]: JSON.parse(JSON.stringify(content)) as unknown };
};
const fault = (content: Text | Interactive) => faultOfMessage(bodyOf(content), new Set(), new Map());
const buttons = (...titles: string[]) => {
  const [first = '', ...rest] = titles;
  return new Interactive(
    new ActionButtons(new Button('id-0', first), ...rest.map((title, index) => new Button(`id-${index + 1}`, title))),
    new Body('¿Cuál?'),
  );
};

it('takes what another library writes', () => {
  expect(fault(new Text('hola 🏨'))).toBeUndefined();
  expect(fault(new Text('x'.repeat(4_096)))).toBeUndefined();
  expect(fault(buttons('Sí', 'No', 'x'.repeat(20)))).toBeUndefined();
  const rows = Array.from({ length: 9 }, (_, index) => new Row(`row-${index}`, `${index}:00`, 'x'.repeat(72)));
  const list = new Interactive(
    new ActionList('Ver', new ListSection(undefined, new Row('row', 'x'.repeat(24)), ...rows)),
    new Body('¿Cuál?'),
  );
  expect(fault(list)).toBeUndefined();
});

it('refuses what another library refuses to write', () => {
  expect(() => new Text('x'.repeat(4_097))).toThrow();
  expect(fault({ _type: 'text', body: 'x'.repeat(4_097) } as unknown as Text)).toContain('4096');
  expect(() => new Button('id', 'x'.repeat(21))).toThrow();
  expect(() => new Row('id', 'x'.repeat(25))).toThrow();
  expect(() => buttons('a', 'b', 'c', 'd')).toThrow();
});

it('is served by another library, and signs what that one accepts', async () => {
  const api = await CloudApi.start();
  const ana = { phone: '5491155550001', user: 'AR.1', name: 'Ana' };
  api.heard.set(ana.phone, Date.now());
  const client = new WhatsAppAPI({
    token: secrets.accessToken,
    appSecret: secrets.appSecret,
    webhookVerifyToken: secrets.verifyToken,
    v: 'v23.0',
    ponyfill: {
      fetch: ((url: string, options: RequestInit) =>
        fetch(url.replace('https://graph.facebook.com/v23.0', api.url), options)) as typeof fetch,
    },
  });
  const sent = (await client.sendMessage(phoneNumberId, ana.phone, new Text('hola'))) as { messages?: { id: string }[] };
  expect(sent.messages?.[0]?.id).toBe(api.sent[0]?.id);
  const heard: unknown[] = [];
  client.on.message = ({ message: each }) => void heard.push(each);
  const body = webhook([change(ana, [message(ana, '¿a las 5/6? 🏨', 'wamid.1')])]);
  const signature = signatureOf(body);
  expect(await client.verifyRequestSignature(body, signature)).toBe(true);
  await client.post(JSON.parse(body), body, signature);
  await expect
    .poll(() => heard, { timeout: 20_000 })
    .toMatchObject([{ id: 'wamid.1', type: 'text', text: { body: '¿a las 5/6? 🏨' } }]);
  api.close();
});
