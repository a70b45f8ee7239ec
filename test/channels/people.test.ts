/** A person steps into a conversation on WhatsApp: they are heard by the customer, and the agent is silent meanwhile. */
import { describe, expect, it } from 'vitest';
import { storeKinds } from '../stores.ts';
import { openSalon, type Salon } from './salon.ts';

const patient = { timeout: 30_000, interval: 50 };
const ana = { phone: '5491155557700', name: 'Ana' };
const conversationOf = async (salon: Salon) =>
  (await salon.rows<{ id: string }>('SELECT id FROM conversations ORDER BY created_at LIMIT 1'))[0]?.id ?? '';

describe.each(storeKinds)('a person on WhatsApp (%s)', (kind) => {
  it('takes a conversation, answers in it, and hands it back to an agent that knows what was said', async () => {
    const prompts: string[] = [];
    await using salon = await openSalon(kind, {
      model: (said) => {
        prompts.push(said);
        return `echo: ${said}`;
      },
    });
    const { test, textsTo, hear } = salon;
    await hear(ana, 'hola');
    await expect.poll(() => textsTo(ana.phone), patient).toEqual(['echo: hola']);
    const conversation = await conversationOf(salon);
    expect(await test.call('POST', `/api/v1/conversations/${conversation}/take`, {})).toMatchObject({ status: 200 });

    await hear(ana, '¿hay alguien?');
    await expect
      .poll(() => salon.rows(`SELECT result FROM channel_inbox WHERE state = 'done' ORDER BY id`), patient)
      .toEqual([{ result: 'run' }, { result: 'held' }]);
    const reply = { text: 'Hola Ana, soy Luz.' };
    const sent = await test.call('POST', `/api/v1/conversations/${conversation}/replies`, reply);
    expect(sent.status).toBeLessThan(300);
    await expect.poll(() => textsTo(ana.phone), patient).toEqual(['echo: hola', 'Hola Ana, soy Luz.']);
    // A rest of any length does not end a conversation that a person has, and no run was started for what came meanwhile.
    await salon.rows(`UPDATE conversations SET updated_at = now() - interval '40 days'`);
    await hear(ana, 'gracias');
    await expect.poll(() => salon.rows(`SELECT 1 FROM channel_inbox WHERE result = 'held'`), patient).toHaveLength(2);
    expect(await salon.rows('SELECT 1 FROM conversations')).toHaveLength(1);
    expect(prompts).toEqual(['hola']);

    expect((await test.call('POST', `/api/v1/conversations/${conversation}/hand-back`, {})).status).toBeLessThan(300);
    await hear(ana, 'otra cosa');
    await expect.poll(() => textsTo(ana.phone).at(-1), patient).toBe('echo: otra cosa');
    expect(textsTo(ana.phone).filter((text) => text.startsWith('Hola Ana'))).toHaveLength(1);
  });

  it('is called where what the agent says may not be sent any more', async () => {
    let ahead = 0;
    const release = Promise.withResolvers<string>();
    await using salon = await openSalon(kind, {
      now: () => new Date(Date.now() + ahead),
      settings: { templates: [] },
      model: (said) => (said === 'tarde' ? release.promise : `echo: ${said}`),
    });
    await salon.hear(ana, 'tarde');
    await expect.poll(() => salon.test.timonel.runner.activeRuns, patient).toBe(1);
    ahead = 86_401_000;
    release.resolve('Tu turno es mañana');
    const open = `SELECT reason, summary FROM handoffs WHERE closed_at IS NULL`;
    await expect.poll(() => salon.rows(open), patient).toHaveLength(1);
    const [handoff] = await salon.rows<{ reason: string; summary: { wanted: string; tried: string[]; last: object[] } }>(open);
    expect(handoff).toMatchObject({ reason: 'undelivered', summary: { wanted: 'tarde', last: [{ text: 'tarde' }, {}] } });
    expect(handoff?.summary.tried[0]).toContain('window-closed');
    expect(salon.textsTo(ana.phone)).toEqual([]);
  });
});
