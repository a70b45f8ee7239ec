import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import project from './timonel.config.ts';

let timonel: TestTimonel | undefined;
afterAll(() => timonel?.close());

it('reserves what there is, and refuses what there is not', async () => {
  timonel = await startTimonel('embedded', project);
  const conversation = await timonel.converse('hello');
  expect(await timonel.say(conversation, 'Lamp')).toMatchObject({ run: { outcome: 'replied' }, reply: { text: 'Reserved!' } });
  expect(await timonel.say(conversation, 'Sofa')).toMatchObject({
    run: { outcome: 'denied' },
    reply: { text: 'We have none left.' },
  });
});

it('is the agent that the README shows', () => {
  const source = readFileSync(new URL('./agent.ts', import.meta.url), 'utf8')
    .replace("'../../src/index.ts'", "'timonel'")
    .trim();
  for (const page of ['README.md', 'README.es.md']) {
    expect(readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8')).toContain(source);
  }
});
