/** A student works on an exercise by the front door, without a model: chooses it, fails, gets hints, submits, passes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeKinds } from '../../test/stores.ts';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { tutor } from './agent.ts';

const fenced = (code: string, language = 'python') => `\`\`\`${language}\n${code}\n\`\`\``;

describe.each(storeKinds)('a student without a model (%s)', (kind) => {
  let timonel: TestTimonel;
  let now = new Date('2026-11-30T12:00:00-03:00');
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [tutor] }, { now: () => now });
  });
  afterAll(() => timonel?.close());
  const events = async (conversation: string) => {
    const rows = (await timonel.timonel.store.pool.executeText(
      `SELECT kind, data FROM tutor_events WHERE conversation_id = $1 ORDER BY at, kind`,
      [conversation],
    )) as { kind: string; data: Record<string, unknown> }[];
    return rows;
  };

  it('works on an exercise until it passes', async () => {
    const conversation = await timonel.converse('tutor');
    const say = async (text: string) => (await timonel.say(conversation, text)).reply.text;
    expect(await say('hola')).toMatch(/¿Con qué ejercicio[\s\S]*3\. Suma de los pares/);
    expect(await say('3')).toMatch(/suma_pares\(numeros\)[\s\S]*4 tests ocultos/);
    expect(await say('no sé por dónde empezar')).toMatch(/Partámoslo/);
    expect(await say('dame la solución completa')).toMatch(/La solución la escribís vos/);
    const off =
      'def suma_pares(numeros):\n    total = 0\n    for n in numeros:\n        if n % 2 = 0:\n            total += n\n    return total';
    expect(await say(`probá esto\n${fenced(off)}`)).toMatch(/Línea 4 \(`if n % 2 = 0:`\): Python no puede leer/);
    const printed =
      'def suma_pares(numeros):\n    total = 0\n\n    for n in numeros:\n        if n % 2 == 0:\n            total += n\n    print(total)';
    expect(await say(fenced(printed))).toMatch(
      /Pasan 0 de 2[\s\S]*suma_pares\(\[1, 2, 3, 4\]\)` da `6`, y tu programa dio `null`[\s\S]*la función no lo devuelve/,
    );
    expect(await say('pista')).toMatch(/suma_pares\(\[1, 2, 3, 4\]\)/);
    expect(await say('otra pista')).toMatch(/acumulador/i);
    const hard = 'def suma_pares(numeros):\n    if numeros == [1, 2, 3, 4]:\n        return 6\n    return 0';
    expect(await say(`${fenced(hard)}\nentregar`)).toMatch(
      /pasan \d de 6[\s\S]*Fallan 3 tests ocultos \(negativos, repetidos, con cero\)/,
    );
    const good = printed.replace('print(total)', 'return total');
    expect(await say(fenced(good))).toMatch(/Pasan los 2 tests visibles/);
    expect(await say('entregar')).toMatch(/¡Aprobado! Pasan los 6 tests \(6 de 6 puntos\)/);
    const kinds = (await events(conversation)).map((each) => each.kind);
    for (const kind of ['opened', 'message', 'reply', 'ran-tests', 'submitted', 'hint-shown', 'refused'])
      expect(kinds).toContain(kind);
    expect(JSON.stringify(await timonel.call('GET', `/api/v1/conversations/${conversation}`))).not.toContain('[-2, -3, 5]');
  }, 180_000);

  it('takes further submissions after a wait that doubles, and says when', async () => {
    const conversation = await timonel.converse('tutor');
    const say = (text: string) => timonel.say(conversation, text);
    await say('exercise 1');
    const wrong = fenced('def propina(total):\n    return 100');
    for (let time = 0; time < 3; time += 1) expect((await say(`submit\n${wrong}`)).reply.text).toMatch(/^Submitted: 3 of 5/);
    const waiting = await say('submit');
    expect(waiting.run.outcome).toBe('denied');
    expect(waiting.reply.text).toMatch(/You have submitted 3 times: the next submission is taken at 12:00:30 \(in 30 seconds\)/);
    now = new Date(now.getTime() + 31_000);
    expect((await say('submit')).reply.text).toMatch(/^Submitted/);
    expect((await say('submit')).reply.text).toMatch(/in 60 seconds/);
  }, 180_000);
});
