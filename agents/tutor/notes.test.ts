/** Notes of a course: quoted where a concept is explained, within the terms, and held back where they would give a solution away. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCollection, putDocument } from '../../test/knowledge-client.ts';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { tutor } from './agent.ts';

let timonel: TestTimonel;
beforeAll(async () => {
  timonel = await startTimonel('embedded', { agents: [tutor] });
  await makeCollection(timonel, 'prog1', { language: 'es', agents: ['tutor'] });
  await putDocument(
    timonel,
    'prog1',
    'unidad-2.md',
    '# Apuntes de la unidad 2\n\n## El acumulador\n\nUn acumulador es una variable que junta un resultado vuelta a vuelta. La cátedra lo llama *bolsa*.\n\n## ZeroDivisionError\n\nUn ZeroDivisionError aparece al dividir por cero: en la cátedra preguntamos antes si el divisor vale cero.\n\n## La propina resuelta\n\nLa propina resuelta con decisiones:\n\n```python\ndef propina(total):\n    if total < 1000:\n        return 100\n    return total * 10 / 100\n```\n',
  );
});
afterAll(() => timonel?.close());

const fenced = (code: string) => `\`\`\`python\n${code}\n\`\`\``;

it('quotes the notes of the course with their place, for a question and for an error', async () => {
  const conversation = await timonel.converse('tutor');
  const say = async (text: string) => (await timonel.say(conversation, text)).reply.text;
  await say('3');
  await expect
    .poll(() => say('¿qué es un acumulador?'), { timeout: 30_000 })
    .toMatch(/De los apuntes \(\*[^)]*El acumulador\*\):\n> [\s\S]*\*bolsa\*/);
  await say(fenced('def suma_pares(numeros):\n    return sum(numeros) / 0'));
  await say('pista');
  // The concept of an error stands on the failing test, and on what the notes say of it.
  expect(await say('pista')).toMatch(
    /`ZeroDivisionError: division by zero`[\s\S]*De los apuntes[\s\S]*\n> Un ZeroDivisionError[\s\S]*preguntamos antes si el divisor/,
  );
  expect(await say('¿qué es una lista?')).not.toContain('De los apuntes');
}, 180_000);

it('quotes no solution that stands in the notes', async () => {
  const conversation = await timonel.converse('tutor');
  await timonel.say(conversation, 'propina');
  const { reply, run } = await timonel.say(conversation, '¿qué es una propina resuelta con decisiones?');
  expect(JSON.stringify(await timonel.timonel.views.steps('default', run.id, -1))).toContain('total * 10');
  expect(reply.text).not.toContain('total * 10');
}, 180_000);
