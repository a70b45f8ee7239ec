/** The booking agent answers from the documents of its workspace, without a model. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { booking } from '../agents/booking/agent.ts';
import { makeCollection, putDocument } from './knowledge-client.ts';
import { newWorkspace } from './new-workspace.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const faq = readFileSync(new URL('../agents/booking/knowledge/shop/preguntas-frecuentes.md', import.meta.url));

describe.each(storeKinds)('questions to the documents of a shop (%s)', (kind) => {
  let timonel: TestTimonel;
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [booking] });
  });
  afterAll(() => timonel.close());

  const asked = async (text: string) => (await timonel.say(await timonel.converse('booking'), text)).reply.text;

  it('are not known where there is no collection, and quoted where there is one', { timeout: 60_000 }, async () => {
    expect(await asked('¿tienen estacionamiento?')).toMatch(/lo confirma el equipo/);
    await makeCollection(timonel, 'shop', { language: 'es' });
    await putDocument(timonel, 'shop', 'faq.md', faq);
    expect(await asked('¿tienen estacionamiento?')).toMatch(
      /^De «Preguntas frecuentes .*»: No tenemos cochera propia\. Hay un estacionamiento pago/,
    );
    expect(await asked('¿puedo donar mi pelo?')).toContain('25 centímetros');
    expect(await asked('¿tienen sauna?')).toMatch(/no te lo sé decir/);
    // Both sound like a wish for a person; one is a question that the documents answer.
    expect(await asked('¿alguien habla portugués?')).toContain('Carlos habla también portugués');
    expect(await asked('¿puedo hablar con alguien en portugués?')).toMatch(/persona del equipo/);
  });

  it('are answered from the documents of the workspace alone', async () => {
    const headers = await newWorkspace(timonel, 'other-shop');
    const begun = await timonel.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'booking' }, headers);
    const path = `/api/v1/conversations/${begun.body.id}/messages`;
    const { body } = await timonel.call('POST', path, { text: '¿puedo donar mi pelo?' }, headers);
    expect(JSON.stringify(body)).not.toContain('25 centímetros');
  });
});
