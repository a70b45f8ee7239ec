/** What becomes of messages that a provider refuses, loses, delays or tells of later. */
import { describe, expect, it } from 'vitest';
import { channels, type Fault } from '../../src/diagnostics.ts';
import { storeKinds } from '../stores.ts';
import { graphError, phoneNumberId } from './cloud-api.ts';
import { openSalon, type Salon } from './salon.ts';
import { change, status, webhook } from './webhooks.ts';

const patient = { timeout: 30_000, interval: 50 };
let phones = 0;
const somebody = () => ({ phone: `54911${String(++phones + 55_550_000)}` });
const template = { name: 'reopen', language: 'es_AR', parameters: ['name', 'text'], reopens: true };

const deliveries = (salon: Salon) =>
  salon.rows<{ id: string; state: string; status: string | null; error: { code: string } | null; attempts: number }>(
    'SELECT id, state, status, error, attempts FROM channel_deliveries ORDER BY sequence',
  );

describe.each(storeKinds)('a delivery on WhatsApp (%s)', (kind) => {
  it('waits, is refused for good, or stops the contact, as the code says', async () => {
    await using salon = await openSalon(kind);
    const [waits, wrong, blocks] = [somebody(), somebody(), somebody()];
    salon.api.faults.push(graphError(131000));
    await salon.hear(waits, 'a');
    await expect.poll(() => salon.textsTo(waits.phone), patient).toEqual(['echo: a']);
    salon.api.faults.push(graphError(131009));
    await salon.hear(wrong, 'b');
    await expect
      .poll(async () => (await deliveries(salon))[1], patient)
      .toMatchObject({ state: 'refused', error: { code: '131009' } });
    salon.api.faults.push(graphError(131026));
    await salon.hear(blocks, 'c');
    await expect
      .poll(async () => (await deliveries(salon))[2], patient)
      .toMatchObject({ state: 'refused', error: { code: '131026' } });
    const [thread] = await salon.rows<{ stopped: { code: string } }>(
      'SELECT stopped FROM channel_threads WHERE stopped IS NOT NULL',
    );
    expect(thread?.stopped.code).toBe('131026');
    // Who writes may be written to again.
    await salon.hear(blocks, 'd');
    await expect.poll(() => salon.textsTo(blocks.phone), patient).toEqual(['echo: d']);
    const listed = await salon.test.call('GET', '/api/v1/deliveries?failed=true&limit=1');
    expect(listed.body).toMatchObject({ deliveries: [{ error: { code: '131026' } }], next: expect.any(String) });
    const next = await salon.test.call(
      'GET',
      `/api/v1/deliveries?failed=true&limit=1&before=${(listed.body as { next: string }).next}`,
    );
    expect(next.body).toMatchObject({ deliveries: [{ error: { code: '131009' } }], next: null });
    // A person sends it again, once.
    const { id } = (next.body as { deliveries: { id: string }[] }).deliveries[0] as { id: string };
    expect((await salon.test.call('POST', `/api/v1/deliveries/${id}/replay`, {})).status).toBe(201);
    expect((await salon.test.call('POST', `/api/v1/deliveries/${id}/replay`, {})).status).toBe(409);
    await expect.poll(() => salon.textsTo(wrong.phone), patient).toEqual(['echo: b']);
  });

  it('is held where the account needs a person, and sent when one has looked', async () => {
    await using salon = await openSalon(kind);
    const ana = somebody();
    salon.api.faults.push(graphError(131042, 'There is a problem with the payment method.'));
    await salon.hear(ana, 'a');
    const shown = async () => (await salon.test.call('GET', `/api/v1/channels/${salon.connection.id}`)).body;
    await expect.poll(shown, patient).toMatchObject({ suspended: { code: '131042' } });
    await salon.hear(ana, 'b');
    await expect.poll(async () => (await deliveries(salon)).map(({ state }) => state), patient).toEqual(['pending', 'pending']);
    expect((await salon.test.call('PATCH', `/api/v1/channels/${salon.connection.id}`, {})).status).toBe(200);
    await expect.poll(() => salon.textsTo(ana.phone), patient).toEqual(['echo: a', 'echo: b']);
  });

  it('is a template after 24 hours, or nothing, and never free text', async () => {
    for (const templates of [[template], []]) {
      let ahead = 0;
      const release = Promise.withResolvers<string>();
      await using salon = await openSalon(kind, {
        now: () => new Date(Date.now() + ahead),
        settings: { templates },
        model: async (said) => (said === 'late' ? release.promise : `echo: ${said}`),
      });
      salon.api.templates.set('reopen/es_AR', 2);
      const ana = somebody();
      await salon.hear(ana, 'late');
      await expect.poll(() => salon.test.timonel.runner.activeRuns, patient).toBe(1);
      ahead = 86_401_000;
      release.resolve('Tu turno\nes mañana');
      await expect
        .poll(async () => (await deliveries(salon)).map(({ state }) => state), patient)
        .toEqual([templates.length > 0 ? 'sent' : 'refused']);
      expect(salon.api.refused).toEqual([]);
      if (templates.length === 0) expect((await deliveries(salon))[0]?.error?.code).toBe('window-closed');
      else
        expect(salon.api.sent[0]?.body['template']).toMatchObject({
          name: 'reopen',
          components: [{ parameters: [{ text: 'Ana' }, { text: 'Tu turno es mañana' }] }],
        });
    }
  });

  it('is reported where its fate is not known, is not sent again, and is cleared up by what the provider says', async () => {
    const told: string[] = [];
    const hear = (fault: unknown) => void told.push((fault as Fault).what);
    channels.fault.subscribe(hear);
    await using salon = await openSalon(kind);
    const ana = somebody();
    salon.api.faults.push({ kind: 'taken-then-reset' });
    await salon.hear(ana, 'a');
    await expect.poll(async () => (await deliveries(salon))[0]?.state, patient).toBe('unclear');
    await salon.hear(ana, 'b');
    await expect.poll(() => salon.textsTo(ana.phone), patient).toEqual(['echo: a', 'echo: b']);
    expect(told).toContain('a message is in doubt');
    channels.fault.unsubscribe(hear);
    const [lost] = salon.api.sent;
    await salon.post(
      webhook([change(undefined, [], [status(lost?.id ?? '', 'delivered', { biz_opaque_callback_data: lost?.reference })])]),
    );
    await expect
      .poll(async () => (await deliveries(salon))[0], patient)
      .toMatchObject({ state: 'sent', status: 'delivered', error: null });
  });

  it('ends in the same state, in whatever order the statuses come', async () => {
    await using salon = await openSalon(kind);
    const orders = permutations(['sent', 'delivered', 'read', 'failed']);
    const ids = new Map<string, string>();
    const people = orders.map(() => somebody());
    for (const [index, person] of people.entries()) await salon.hear(person, `m${index}`);
    await expect.poll(() => salon.api.sent.length, { timeout: 60_000, interval: 100 }).toBe(orders.length);
    for (const { id, to } of salon.api.sent) ids.set(to, id);
    // One status of each at a time, each webhook with one of every order.
    for (const step of [0, 1, 2, 3]) {
      const statuses = orders.map((order, index) => {
        const name = order[step] as string;
        const extra = name === 'failed' ? { errors: [{ code: 131000, title: 'x' }] } : {};
        return status(ids.get(people[index]?.phone ?? '') as string, name, extra);
      });
      expect((await salon.post(webhook([change(undefined, [], statuses)]))).statusCode).toBe(200);
    }
    const left = async () => (await salon.rows('SELECT 1 FROM channel_statuses WHERE NOT applied')).length;
    await expect.poll(left, patient).toBe(0);
    const states = new Set(
      (await deliveries(salon)).filter(({ status: each }) => each !== null).map(({ state, status: each }) => `${state} ${each}`),
    );
    expect(states).toEqual(new Set(['sent read']));
  });
});

describe.each(storeKinds)('the outbox (%s)', (kind) => {
  it('has what anything stores in a conversation on a channel, once for each time that it is said', async () => {
    let ahead = 0;
    await using salon = await openSalon(kind, {
      now: () => new Date(Date.now() + ahead),
      settings: { templates: [{ name: 'reminder', language: 'es_AR', parameters: ['time'] }] },
    });
    salon.api.templates.set('reminder/es_AR', 1);
    const ana = somebody();
    await salon.hear(ana, 'a');
    await expect.poll(() => salon.textsTo(ana.phone), patient).toEqual(['echo: a']);
    const say = (turn: number, text: string, use: object | null) =>
      salon.rows(
        `INSERT INTO messages (workspace_id, conversation_id, turn, role, run_id, text, template)
         SELECT workspace_id, id, $1, 'assistant', gen_random_uuid(), $2, $3 FROM conversations`,
        [turn, text, use === null ? null : JSON.stringify(use)],
      );
    await say(90, 'Mañana a las 10', { name: 'reminder', parameters: { time: '10:00' } });
    await expect.poll(() => salon.textsTo(ana.phone), patient).toEqual(['echo: a', 'Mañana a las 10']);
    // The reply of a run that waited takes the place of what it said before.
    await salon.rows(`UPDATE messages SET text = 'Aprobado', created_at = now() WHERE turn = 90`);
    await expect.poll(() => salon.textsTo(ana.phone).at(-1), patient).toBe('Aprobado');
    // An erasure says nothing.
    await salon.rows(`UPDATE messages SET text = '' WHERE turn = 90`);
    ahead = 86_401_000;
    await say(91, 'Hoy a las 10', { name: 'reminder', parameters: { time: '10:00' } });
    await say(92, 'Hoy a las 11', { name: 'reminder', parameters: { hour: '11:00' } });
    await expect
      .poll(async () => (await deliveries(salon)).map(({ state }) => state), patient)
      .toEqual(['sent', 'sent', 'sent', 'sent', 'refused']);
    expect(salon.api.sent.at(-1)?.body['template']).toMatchObject({
      name: 'reminder',
      components: [{ parameters: [{ text: '10:00' }] }],
    });
    expect((await deliveries(salon)).at(-1)?.error?.code).toBe('template_unknown');
    expect(salon.api.refused).toEqual([]);
  });
});

describe('templates of a connection', () => {
  it('are looked up at the provider', async () => {
    await using salon = await openSalon('embedded', {
      settings: { templates: [template, { ...template, name: 'gone', reopens: false }], businessAccount: '102290129340398' },
    });
    salon.api.templates.set('reopen/es_AR', 3);
    const { body } = await salon.test.call('POST', `/api/v1/channels/${salon.connection.id}/test`, {});
    const found = (body as { findings: { what: string; ok: boolean; detail: string }[] }).findings;
    expect(found.find(({ what }) => what === 'number')).toMatchObject({ ok: true });
    expect(found.find(({ what }) => what === 'template reopen (es_AR)')?.detail).toContain('3 placeholders');
    expect(found.find(({ what }) => what === 'template gone (es_AR)')?.detail).toContain('no such template');
    salon.api.templates.set('reopen/es_AR', 2);
    salon.api.templateStates.set('reopen/es_AR', 'PAUSED');
    const again = await salon.test.call('POST', `/api/v1/channels/${salon.connection.id}/test`, {});
    expect(JSON.stringify(again.body)).toContain('PAUSED');
    expect(phoneNumberId).toBeDefined();
  });
});

function permutations(items: string[]): string[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item) => permutations(items.filter((each) => each !== item)).map((rest) => [item, ...rest]));
}
