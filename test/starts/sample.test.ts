/** The sample salon is for trying it out: nobody is sent to its invented address by a production system that did not ask for it. */
import { describe, expect, it } from 'vitest';
import { bundledProject } from '../../src/bundled-project.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel } from '../timonel.ts';

const production = {
  TIMONEL_ENV: 'production',
  TIMONEL_SECRET: Buffer.from(Array.from({ length: 32 }, (_each, position) => position * 7)).toString('hex'),
  TIMONEL_PUBLIC_URL: 'https://shop.example',
};

describe.each(storeKinds)('the sample salon (%s)', (kind) => {
  async function asked(environment: Record<string, string>, ...texts: string[]): Promise<string[]> {
    const timonel = await startTimonel(kind, await bundledProject(), { environment });
    const conversation = await timonel.converse('booking');
    const replies: string[] = [];
    for (const text of texts) replies.push((await timonel.say(conversation, text)).reply.text);
    await timonel.close();
    return replies;
  }

  it('is not in production, where the agent says that nothing is set up, and comes where it is asked for', async () => {
    const { environment, remove } = await freshStoreEnvironment(kind);
    const live = { ...environment, ...production };
    for (const reply of await asked(live, 'hola', '¿dónde queda?', '¿cuánto sale un corte?', 'quiero un turno mañana a las 17')) {
      expect(reply).toMatch(/no hay servicios ni horarios cargados/);
      expect(reply).not.toContain('Siempreviva');
    }
    expect(await asked(live, 'what are your opening hours?')).toEqual([expect.stringContaining('are not set up yet')]);
    const [address, prices] = await asked({ ...live, TIMONEL_SAMPLE: 'true' }, '¿dónde queda?', '¿cuánto sale un corte?');
    expect(address).toMatch(/Siempreviva 742.*ejemplo/);
    expect(prices).toContain('14.000');
    await remove();
  });

  it('does not get among data that are there', async () => {
    const { environment, remove } = await freshStoreEnvironment(kind);
    const first = await startTimonel(kind, await bundledProject(), { environment: { ...environment, ...production } });
    await first.timonel.store.pool.inWorkspace('default', (_database, client) =>
      client.query(
        `INSERT INTO booking_settings (workspace_id, name, currency, updated_at) VALUES ('default', 'Mi Salón', 'ARS', now())`,
      ),
    );
    await first.close(false);
    // Somebody forgets the environment once.
    expect(await asked(environment, '¿dónde queda?')).toEqual([expect.not.stringContaining('Siempreviva')]);
    await remove();
  });
});
