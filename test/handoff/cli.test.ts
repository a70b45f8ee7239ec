/** A person answers from a terminal: what waits, who wants what, and the words that are passed on. */
import { expect, it } from 'vitest';
import { booking } from '../../agents/booking/agent.ts';
import { writeCredentials } from '../../src/cli/credentials.ts';
import { commandIn } from '../command.ts';
import { startTimonel } from '../timonel.ts';

// Each command is a process that starts.
it('lists, takes, answers and hands back on the command line', { timeout: 240_000 }, async () => {
  const timonel = await startTimonel('embedded', { agents: [booking] });
  try {
    const home = timonel.environment['TIMONEL_HOME'] ?? '';
    writeCredentials(home, { url: await timonel.timonel.listen(), apiKey: timonel.apiKey });
    const conversations = commandIn(home, 'conversations');
    expect((await conversations('list', '--waiting')).out).toBe('None.\n');
    const id = await timonel.converse('booking', { name: 'Ana', phone: '+5491155550000' });
    expect((await timonel.say(id, 'quiero hablar con una persona')).run.outcome).toBe('escalated');

    expect((await conversations('list', '--waiting')).out).toMatch(new RegExp(`^${id}.*waits for a person \\(escalated`));
    expect(await conversations('reply', id, 'Hola')).toMatchObject({ code: 1, err: expect.stringContaining('take') });
    const taken = await conversations('take', id);
    expect(taken).toMatchObject({ code: 0, out: expect.stringMatching(/You have it \(escalated.*Ana.*customer: quiero hablar/s) });
    expect((await conversations('list')).out).toContain(`${id}  with `);
    expect((await conversations('reply', id, 'Hola Ana, soy Luz.')).out).toMatch(/^Said, as turn \d+\.\n$/);
    expect((await conversations('hand-back', id, '--note', 'llamar mañana')).out).toBe('The agent has it.\n');
    const { body } = await timonel.call<{ messages: { role: string; text: string }[] }>('GET', `/api/v1/conversations/${id}`);
    expect(body.messages.at(-1)).toMatchObject({ role: 'person', text: 'Hola Ana, soy Luz.' });
    expect(await conversations('take', crypto.randomUUID())).toMatchObject({
      code: 1,
      err: expect.stringContaining('conversation'),
    });
  } finally {
    await timonel.close();
  }
});
