import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { hotel } from './agent.ts';
import { flows } from './flows.ts';
import { sampleVocabulary } from './seed.ts';

const night = new Date('2026-11-30T23:30:00-03:00');

describe('the hotel by the front door', () => {
  let timonel: TestTimonel;
  beforeAll(async () => {
    timonel = await startTimonel('embedded', { agents: [hotel] }, { now: () => night });
  });
  afterAll(() => timonel.close());

  it('says when people are back, and goes on selling at night', async () => {
    const conversation = await timonel.converse('hotel');
    const called = await timonel.say(conversation, 'quiero hablar con una persona');
    expect(called.reply.text).toMatch(/martes 1 a las 08:00/);
    const sold = await timonel.say(await timonel.converse('hotel'), 'una doble del 10 al 12 de abril para 2');
    expect(sold.reply.text).toMatch(/159\.600/);
  });

  it('asks which hotel where the house has two, and goes on with the answer', async () => {
    await timonel.timonel.store.pool.executeText(
      `INSERT INTO hotel_hotels (workspace_id, id, name, aliases, currency, address) VALUES ('default', gen_random_uuid(), 'Hotel Centro', '{Centro}', 'ARS', 'Calle Falsa 123')`,
    );
    const conversation = await timonel.converse('hotel');
    expect((await timonel.say(conversation, '¿dónde están ubicados?')).reply.text).toMatch(/¿De cuál hotel/);
    expect((await timonel.say(conversation, 'el Centro')).reply.text).toMatch(/Calle Falsa 123/);
    await timonel.timonel.store.pool.executeText(`DELETE FROM hotel_hotels WHERE name = 'Hotel Centro'`);
  });
});

describe('messages that are more than text', () => {
  const media = (type: 'audio' | 'image') => ({ type, artifact: 'artifact-1', name: 'a', mediaType: `${type}/x`, bytes: 1 });
  const hear = (text: string, type: 'audio' | 'image') =>
    flows.next({
      text,
      parts: [media(type)],
      now: night,
      timeZone: 'America/Argentina/Buenos_Aires',
      channel: 'test',
      contact: undefined,
      vocabulary: sampleVocabulary,
      state: {},
      latest: {},
      calls: [],
    });

  it('asks to write what a voice note says, and makes nothing up', () => {
    expect(hear('', 'audio')).toMatchObject({
      kind: 'reply',
      reply: { text: expect.stringMatching(/no puedo escuchar/) as unknown },
    });
  });

  it('passes a picture to a person, whatever it shows', () => {
    expect(hear('', 'image')).toMatchObject({ kind: 'call', calls: [{ tool: 'payment_proof', args: { artifact: 'artifact-1' } }] });
    expect(hear('¿tienen pileta?', 'image')).toMatchObject({ kind: 'call', calls: [{ tool: 'house_rules' }] });
  });
});
