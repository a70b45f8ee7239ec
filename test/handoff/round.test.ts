/** What happens by itself: people are told once, outside of quiet hours, and the agent has back what a silent person had. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOwnAddress } from '../../src/handoff/webhook.ts';
import { watchMail } from '../identity/people.ts';
import { storeKinds } from '../stores.ts';
import { escalate, type HandoffRig, said, startRig } from './desk-agent.ts';

const minute = 60_000;
const patient = { timeout: 30_000 };
const unset = { dueMinutes: 10, urgentMinutes: 5, silenceMinutes: 60, quietHours: null, emails: [], webhookUrl: null };

describe.each(storeKinds)('what happens by itself (%s)', (kind) => {
  let rig: HandoffRig;
  let ahead = 0;
  const received: { headers: Record<string, unknown>; body: string }[] = [];
  let failures = 1;
  const receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    received.push({ headers: request.headers, body });
    response.writeHead(failures-- > 0 ? 500 : 204).end();
  });
  beforeAll(async () => {
    rig = await startRig(kind, { now: () => new Date(Date.now() + ahead) });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
  });
  afterAll(async () => {
    await rig?.close();
    receiver.close();
  });

  const round = () => rig.timonel.handoff.round.run();
  const set = (wanted: object) => rig.call('PUT', '/api/v1/handoff-settings', { ...unset, ...wanted });
  const waiting = async () => {
    const id = await rig.converse('shop');
    rig.script.lines = [escalate('x'), 'Soon.'];
    await rig.say(id, 'A person please');
    return id;
  };
  const endings = async (id: string) => {
    const { body } = await rig.call<{ handoffs: { closedHow: string; closedBy: string }[] }>(
      'GET',
      `/api/v1/conversations/${id}/handoffs`,
    );
    return body.handoffs.map(({ closedHow, closedBy }) => `${closedHow} by ${closedBy}`);
  };

  it('gives a conversation back after silence, once, and the agent answers what is pending', async () => {
    await set({ silenceMinutes: 30 });
    const id = await waiting();
    await rig.call('POST', `/api/v1/conversations/${id}/take`);
    await rig.call('POST', `/api/v1/conversations/${id}/messages`, { text: 'Hello?' });
    ahead += 29 * minute;
    await round();
    expect(await endings(id)).toEqual(['null by null']);
    // Whatever the person does counts as a sign of life.
    await rig.call('POST', `/api/v1/conversations/${id}/notes`, { text: 'Looking' });
    ahead += 29 * minute;
    await round();
    expect(await endings(id)).toEqual(['null by null']);
    ahead += 2 * minute;
    rig.script.lines = ['I am back.'];
    await Promise.all([round(), round(), round()]);
    expect(await endings(id)).toEqual(['silence by system']);
    await expect.poll(() => said(rig, id), patient).toContain('assistant: I am back.');
    expect((await said(rig, id)).filter((line) => line === 'assistant: I am back.')).toHaveLength(1);
    const { body } = await rig.call('GET', `/api/v1/audit?action=conversation-handed-back`);
    expect(JSON.stringify(body)).toContain('"silence"');
    await set({ silenceMinutes: 0 });
    const kept = await waiting();
    await rig.call('POST', `/api/v1/conversations/${kept}/take`);
    ahead += 1_000 * minute;
    await round();
    expect(await endings(kept)).toEqual(['null by null']);
  });

  it('tells people once, by mail and by a signed webhook, outside of their quiet hours', async () => {
    const { port } = receiver.address() as AddressInfo;
    const now = new Date(Date.now() + ahead);
    const clock = (hours: number) => {
      const parts = new Intl.DateTimeFormat('en-GB', {
        timeZone: 'America/Argentina/Buenos_Aires',
        hour: '2-digit',
        minute: '2-digit',
      });
      return parts.format(new Date(now.getTime() + hours * 60 * minute));
    };
    const quietHours = { from: clock(-2), until: clock(2) };
    const emails = ['ana@example.com', 'beto@example.com'];
    const webhookUrl = `http://127.0.0.1:${port}/hooks`;
    const settings = await set({ quietHours, emails, webhookUrl, language: 'en' });
    expect(settings).toMatchObject({ status: 200, body: { quietHours, version: expect.any(Number) } });
    const stale = await rig.call('PUT', '/api/v1/handoff-settings', unset, { 'if-match': '"1"' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'version_conflict' } });
    const mail = watchMail();
    const id = await waiting();
    await round();
    expect(received).toEqual([]);
    ahead += 5 * 60 * minute;
    await Promise.all([round(), round()]);
    await round();
    const own = () => mail.mails.filter(({ text }) => text.includes(id));
    await expect.poll(() => own().length, patient).toBe(2);
    expect(new Set(own().map(({ to }) => to))).toEqual(new Set(emails));
    expect(own()[0]).toMatchObject({ subject: 'Somebody waits for a person in Default' });
    expect(own()[0]?.text).not.toContain('A person please');
    // The first attempt failed, and the second one says the same.
    const hooks = () => received.filter(({ body }) => body.includes(id));
    await expect.poll(() => hooks().length, patient).toBe(2);
    const [first, second] = hooks();
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(JSON.parse(second?.body ?? '')).toMatchObject({
      type: 'handoff.waiting',
      data: { conversationId: id, reason: 'escalated' },
    });
    const secret = Buffer.from(String((settings.body as { webhookSecret: string }).webhookSecret).replace('whsec_', ''), 'base64');
    const signed = `${second?.headers['webhook-id']}.${second?.headers['webhook-timestamp']}.${second?.body}`;
    expect(second?.headers['webhook-signature']).toBe(`v1,${createHmac('sha256', secret).update(signed).digest('base64')}`);
    await round();
    expect(own()).toHaveLength(2);
    mail.stop();
  });
});

it('knows addresses of its own network', () => {
  for (const own of [
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '::1',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
  ])
    expect(isOwnAddress(own), own).toBe(true);
  for (const other of ['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])
    expect(isOwnAddress(other), other).toBe(false);
});
