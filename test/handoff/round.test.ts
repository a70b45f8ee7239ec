/** What happens by itself: people are told once, outside of quiet hours, and the agent has back what a silent person had. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchMail } from '../identity/people.ts';
import { storeKinds } from '../stores.ts';
import { escalate, type HandoffRig, said, startRig } from './desk-agent.ts';

const minute = 60_000;
const patient = { timeout: 30_000 };
const unset = { dueMinutes: 10, urgentMinutes: 5, silenceMinutes: 60, quietHours: null, emails: [] };

describe.each(storeKinds)('what happens by itself (%s)', (kind) => {
  let rig: HandoffRig;
  let ahead = 0;
  beforeAll(async () => {
    rig = await startRig(kind, { now: () => new Date(Date.now() + ahead) });
  });
  afterAll(() => rig?.close());

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

  it('tells people and webhooks once, outside of their quiet hours', async () => {
    // Nobody is there: what counts is that the event is stored.
    const webhook = { url: 'https://example.invalid/hooks', events: ['handoff.waiting'] };
    expect(await rig.call('POST', '/api/v1/webhooks', webhook)).toMatchObject({ status: 201 });
    const hooks = async () => {
      const { body } = await rig.call<{ deliveries: { data: { conversationId: string; reason: string } }[] }>(
        'GET',
        '/api/v1/webhook-deliveries',
      );
      return body.deliveries.map(({ data }) => data);
    };
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
    const settings = await set({ quietHours, emails, language: 'en' });
    expect(settings).toMatchObject({ status: 200, body: { quietHours, version: expect.any(Number) } });
    const stale = await rig.call('PUT', '/api/v1/handoff-settings', unset, { 'if-match': '"1"' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'version_conflict' } });
    const mail = watchMail();
    const id = await waiting();
    await round();
    expect(await hooks()).toEqual([]);
    ahead += 5 * 60 * minute;
    await Promise.all([round(), round()]);
    await round();
    const own = () => mail.mails.filter(({ text }) => text.includes(id));
    await expect.poll(() => own().length, patient).toBe(2);
    expect(new Set(own().map(({ to }) => to))).toEqual(new Set(emails));
    expect(own()[0]).toMatchObject({ subject: 'Somebody waits for a person in Default' });
    expect(own()[0]?.text).not.toContain('A person please');
    expect(await hooks()).toMatchObject([{ conversationId: id, reason: 'escalated' }]);
    await round();
    expect(own()).toHaveLength(2);
    expect(await hooks()).toHaveLength(1);
    mail.stop();
  });
});
