/** The rules of the house are quoted from its documents, by the front door and without a model; those of one hotel are not told of another. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCollection, putDocument } from '../../test/knowledge-client.ts';
import { storeKinds } from '../../test/stores.ts';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { hotel } from './agent.ts';

const folder = new URL('./knowledge/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const questions = ['es', 'en'].flatMap((language) =>
  read(`questions.${language}.jsonl`)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { question: string; answer: string }),
);
const quoted = /^(?:De «|From ")/;

describe.each(storeKinds)('the rules of the house (%s)', (kind) => {
  let timonel: TestTimonel;
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [hotel] }, { now: () => new Date('2026-11-30T12:00:00-03:00') });
  });
  afterAll(() => timonel.close());
  const asked = async (text: string) => (await timonel.say(await timonel.converse('hotel'), text)).reply.text;
  const rows = (statement: string) => timonel.timonel.store.pool.executeText(statement);

  it('are not known without documents, and quoted from them where they answer', { timeout: 120_000 }, async () => {
    expect(await asked('¿puedo volar un dron desde la terraza?')).not.toMatch(quoted);
    await makeCollection(timonel, 'house-rules');
    for (const name of ['reglas-de-la-casa.md', 'house-rules.md'])
      await putDocument(timonel, 'house-rules', name, read(`house-rules/${name}`));
    const wrong: string[] = [];
    let answered = 0;
    const asking = kind === 'embedded' ? questions : questions.slice(0, 1);
    for (const { question, answer } of asking) {
      const text = await asked(question);
      const right = answer === '' ? !quoted.test(text) : text.includes(answer);
      if (right) answered += 1;
      else wrong.push(`${question} → ${text.slice(0, 120)}`);
      // Another rule than the one that was asked for is worse than none.
      if (answer === '') expect(text, question).not.toMatch(quoted);
    }
    expect(answered / asking.length, wrong.join('\n')).toBeGreaterThanOrEqual(0.85);
  });

  it('of two hotels are those of the one that is spoken of', async () => {
    await rows(`INSERT INTO hotel_hotels (workspace_id, id, name, aliases, rules_collection)
      VALUES ('default', gen_random_uuid(), 'Hotel Centro', '{Centro}', 'centro')`);
    const drone = '¿puedo volar un dron desde la terraza?';
    // Whose rules they would be is not known.
    expect(await asked(drone)).not.toMatch(quoted);
    await rows(`UPDATE hotel_hotels SET rules_collection = 'house-rules' WHERE name <> 'Hotel Centro'`);
    expect(await asked(drone)).not.toMatch(quoted);
    await rows(`DELETE FROM hotel_hotels WHERE name = 'Hotel Centro'`);
    expect(await asked(drone)).toContain('permiso de la administración');
  });
});
