/** Statements of what a student does, by the front door, to a strict store that fails in every way: each stored once, bad ones listed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Campus, eva, openCampus, type Page, rightProgram, wrongProgram } from '../../../test/lti/campus.ts';
import { storeKinds } from '../../../test/stores.ts';
import { openRecordStore, type RecordStore, type StoreFault } from '../../../test/xapi/record-store.ts';

const patient = { timeout: 30_000, interval: 100 };
const verbOf = (word: string) => `http://adlnet.gov/expapi/verbs/${word}`;
const at = '/api/v1/agents/tutor';

describe.each(storeKinds)('statements for a learning record store (%s)', (kind) => {
  let campus: Campus;
  let records: RecordStore;
  let page: Page;
  let conversation: string;
  beforeAll(async () => {
    [campus, records] = await Promise.all([openCampus(kind), openRecordStore('tutor', 'clave secreta 31')]);
    await campus.created('xapi-stores', {
      name: 'LRS',
      endpoint: `${records.url}/`,
      userName: 'tutor',
      secret: 'clave secreta 31',
    });
    await hold();
    page = await campus.launch({
      user: { ...eva, name: 'Eva Secreta' },
      claims: { 'https://purl.imsglobal.org/spec/lti/claim/custom': { exercise: 'doble' } },
    });
  }, 60_000);
  afterAll(async () => {
    await campus?.[Symbol.asyncDispose]();
    await records?.[Symbol.asyncDispose]();
  });

  const say = async (text: string) => {
    ({ conversation } = await campus.say(page, conversation, text));
  };
  const waiting = async () =>
    (await campus.rows(`SELECT count(*)::int AS n FROM tutor_xapi_statements WHERE NOT refused`))[0]?.['n'] as number;
  /** Nothing is sent but when the test says so: not by the clock, and not by a job that was late. */
  const hold = () => campus.rows(`UPDATE tutor_xapi_stores SET next_at = 'infinity'`);
  const sent = async () => {
    await expect
      .poll(async () => {
        await campus.work('xapi-statements');
        return waiting();
      }, patient)
      .toBe(0);
    await hold();
  };

  it('tell what was done, of whom nobody is named, and nothing that was written', async () => {
    await say('doble');
    await say('no sé por dónde empezar, soy Eva Secreta');
    await say('```python\ndef doble(n):\n    return n + 2\n```');
    await say('pista');
    await say(`entregar\n\`\`\`python\n${wrongProgram}\n\`\`\``);
    await say(`entregar\n\`\`\`python\n${rightProgram}\n\`\`\``);
    await sent();
    expect(records.wrong).toEqual([]);
    const verbs = records.statements.map(({ verb }) => verb.id.split('/').at(-1));
    for (const verb of ['attempted', 'asked', 'answered', 'interacted', 'failed', 'passed']) expect(verbs).toContain(verb);
    const passed = records.statements.find(({ verb }) => verb.id === verbOf('passed'));
    expect(passed).toMatchObject({
      actor: { account: { homePage: campus.url } },
      object: { definition: { name: { es: 'El doble' }, type: 'http://adlnet.gov/expapi/activities/assessment' } },
      result: { success: true, completion: true, score: { scaled: 1, raw: 2, min: 0, max: 2 } },
      context: { contextActivities: { grouping: [{ definition: { name: { es: 'Programación 1' } } }] } },
    });
    const names = new Set(records.statements.map(({ actor }) => actor.account.name));
    expect(names.size).toBe(1);
    const text = JSON.stringify(records.statements);
    const [person] = await campus.rows(`SELECT person FROM tutor_lti_people`);
    expect(text).not.toMatch(/Secreta|user:|return n|canary|eva-1/);
    expect(text).not.toContain(String(person?.['person']).slice(5));
    // Of an exercise that was passed there are no hints.
    await say('la propina');
    await sent();
  }, 60_000);

  it.each<[string, StoreFault[]]>([
    ['it fails', ['error']],
    ['it has too much to do', ['busy']],
    ['the connection breaks before', ['lose']],
    ['it stored them and the answer is lost', ['cut']],
    ['it stored them and failed', ['error-after']],
    ['nobody may write there for a while', ['forbidden']],
    ['a batch is too large', ['large', 'large']],
    ['one thing follows the other', ['lose', 'cut', 'busy', 'error-after', 'large', 'error']],
  ])(
    'are stored once each where %s',
    async (_what, faults) => {
      const before = records.statements.length;
      await say('pista');
      await say('pista');
      const queued = await waiting();
      expect(queued).toBeGreaterThanOrEqual(4);
      records.faults.push(...faults);
      await sent();
      expect([records.faults, records.wrong]).toEqual([[], []]);
      const ids = records.statements.map(({ id }) => id);
      expect([ids.length - before, new Set(ids).size]).toEqual([queued, ids.length]);
    },
    60_000,
  );

  it('that it refuses are listed, hinder no other, and are sent again when somebody says so', async () => {
    records.refuses = verbOf('interacted');
    const before = records.statements.length;
    await say('pista');
    await say('pista');
    const queued = await waiting();
    await sent();
    const { body } = await campus.timonel.call<{ items: { id: string; kind: string; fault: string }[] }>(
      'GET',
      `${at}/xapi-statements?refused=true`,
    );
    expect(body.items).toMatchObject([
      { kind: 'hint-shown', fault: '400: {"error":"a verb that is not taken here"}' },
      { kind: 'hint-shown' },
    ]);
    expect(records.statements.length - before).toBe(queued - 2);
    const { body: stores } = await campus.timonel.call<{ items: object[] }>('GET', `${at}/xapi-stores`);
    expect(stores.items).toMatchObject([{ name: 'LRS', waiting: 0, refused: 2, secret: '********' }]);
    records.refuses = undefined;
    expect(await campus.command('xapi-send-again', { store: 'LRS' })).toEqual({ statements: 2 });
    await sent();
    expect(records.statements.length - before).toBe(queued);
    const metrics = (await campus.timonel.call<string>('GET', '/metrics')).body;
    expect(metrics).toMatch(/timonel_agent_tutor_xapi_statements_total\{outcome="refused"\} 2/);
  }, 60_000);

  it('rest while the store does not answer, longer each time, and say why', async () => {
    await say('pista');
    records.faults.push('error');
    const asked = records.requests;
    await campus.work('xapi-statements');
    await expect.poll(() => records.requests, patient).toBe(asked + 1);
    const state = async () =>
      (await campus.rows(`SELECT failures, fault, next_at > now() AS rests FROM tutor_xapi_stores`))[0] as { failures: number };
    await expect.poll(state, patient).toMatchObject({ failures: 1, fault: '500: {}', rests: true });
    await sent();
    await expect.poll(state, patient).toMatchObject({ failures: 0, fault: '' });
  }, 60_000);

  it('keep the password out of every sight, and go with the data of the person', async () => {
    const kept = JSON.stringify(await campus.rows(`SELECT * FROM tutor_xapi_stores`));
    expect(kept).not.toContain('clave secreta');
    await say('pista');
    expect(await waiting()).toBeGreaterThan(0);
    const [row] = await campus.rows(`SELECT person FROM tutor_lti_people`);
    const userId = String(row?.['person']).slice(5);
    const { body } = await campus.timonel.call('POST', '/api/v1/privacy/erase', { userId });
    expect(body).toMatchObject({
      erased: { users: 1, user_identities: 1, tutor_lti_people: 1, tutor_lti_scores: 1, tutor_xapi_statements: expect.any(Number) },
      accountKept: false,
    });
    expect(await waiting()).toBe(0);
    expect(JSON.stringify(await campus.rows('SELECT * FROM tutor_lti_scores'))).not.toContain(userId);
    // They come again as somebody new.
    await campus.launch({ user: eva });
    expect(JSON.stringify(await campus.rows(`SELECT person FROM tutor_lti_people`))).not.toContain(userId);
  }, 60_000);
});
