/** Teachers see and change their own courses and no other; students see nothing of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPerson, type Person } from '../../test/identity/people.ts';
import { storeKinds } from '../../test/stores.ts';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { tutor } from './agent.ts';

const api = '/api/v1/agents/tutor';
const canary = 'canary_7391824';

describe.each(storeKinds)('teachers (%s)', (kind) => {
  let timonel: TestTimonel;
  let ana: Person;
  let ben: Person;
  let student: Person;
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [tutor] });
    [ana, ben, student] = await Promise.all([
      newPerson(timonel, { role: 'instructor' }),
      newPerson(timonel, { role: 'instructor' }),
      newPerson(timonel, { role: 'student' }),
    ]);
    for (const [code, teacher] of [
      ['ALG-A', ana],
      ['ALG-B', ben],
    ] as const) {
      await created('courses', { code, title: `Curso ${code}` });
      await created('enrolments', { course: code, person: `user:${teacher.id}`, role: 'teacher', name: code });
    }
  });
  afterAll(() => timonel?.close());

  const created = async (resource: string, row: object, who?: Person) => {
    const { status, body } = await timonel.call('POST', `${api}/${resource}`, row, who?.headers);
    if (who === undefined) expect([status, body]).toEqual([201, expect.anything()]);
    return { status, body: body as Record<string, unknown> };
  };
  const command = async (name: string, input: object, who: Person) => {
    const { status, body } = await timonel.call('POST', `${api}/commands/${name}`, input, who.headers);
    return { status, body: body as Record<string, unknown> & { class?: { person: string }[] } };
  };
  const codes = async (resource: string, who: Person) => {
    const { body } = await timonel.call<{ items: { code: string }[] }>('GET', `${api}/${resource}`, undefined, who.headers);
    return body.items.map(({ code }) => code);
  };

  it('builds a course: activity, exercise, tests, terms, students; and nobody else changes it', async () => {
    expect((await created('activities', { code: 'A1', course: 'ALG-A', title: 'Uno' }, ana)).status).toBe(201);
    expect((await created('activities', { code: 'B1', course: 'ALG-B', title: 'Uno' }, ben)).status).toBe(201);
    const stolen = await created('activities', { code: 'A2', course: 'ALG-A', title: 'De otro' }, ben);
    expect([stolen.status, JSON.stringify(stolen.body)]).toEqual([422, expect.stringMatching(/not yours/)]);
    expect((await created('enrolments', { course: 'ALG-A', person: `user:${ben.id}`, role: 'teacher' }, ben)).status).toBe(422);
    const exercise = {
      code: 'doble',
      title: 'El doble',
      statement: 'Escribí `doble(n)`.',
      starterCode: 'def doble(n):\n    pass\n',
      references: ['def doble(n):\n    return n * 2\n'],
      tests: [
        { code: 'v', visible: true, kind: 'call', expression: 'doble(2)', expected: 4 },
        { code: canary, kind: 'call', expression: `doble("${canary}")`, expected: `${canary}${canary}`, category: 'textos' },
      ],
    };
    expect(await command('import-exercises', { activity: 'A1', exercises: [exercise] }, ana)).toMatchObject({
      status: 200,
      body: { exercises: 1, tests: 2, leftOut: [] },
    });
    expect((await command('import-exercises', { activity: 'A1', exercises: [exercise] }, ben)).status).toBeGreaterThanOrEqual(400);
    expect((await command('import-exercises', { activity: 'B1', exercises: [exercise] }, ben)).status).toBeGreaterThanOrEqual(400);
    expect((await created('enrolments', { course: 'ALG-A', person: `user:${student.id}`, name: 'Eva' }, ana)).status).toBe(201);
    expect(
      (await created('terms', { level: 'course', course: 'ALG-A', helpLevel: 'medium', blockWholeSolutions: true }, ana)).status,
    ).toBe(201);
    expect((await created('terms', { level: 'institution', helpLevel: 'high' }, ana)).status).toBe(422);
    expect([await codes('courses', ana), await codes('courses', ben)]).toEqual([['ALG-A'], ['ALG-B']]);
    expect([await codes('tests', ana), await codes('tests', ben)]).toEqual([['v', canary], []]);
    for (const path of ['courses', 'tests', 'exercises', 'submissions', 'class', 'reports/ALG-A'])
      expect([path, (await timonel.call('GET', `${api}/${path}`, undefined, student.headers)).status]).toEqual([path, 403]);
  });

  it('plays a scenario with what a candidate said, and sees the points with what proves them', async () => {
    const { body } = await command('scenarios', {}, ana);
    const [scenario] = body['scenarios'] as { id: string; turns: number }[];
    const said = ['¿Quiénes van a usarlo, y qué problema tienen hoy?', 'No sé.'];
    const played = await command('simulate', { scenario: scenario?.id, said }, ana);
    expect(played).toMatchObject({ status: 200, body: { ended: false, turnsLeft: (scenario?.turns ?? 0) - 2 } });
    const { score } = played.body as unknown as { score: { points: number; rubric: { earned: number }[] } };
    expect(score.points).toBe(score.rubric.reduce((sum, { earned }) => sum + earned, 0));
    expect((await command('simulate', { scenario: 'none', said }, ana)).status).toBe(422);
    expect((await command('simulate', { scenario: scenario?.id, said }, student)).status).toBe(403);
  });

  it('sees a student who is stuck, changes their help, and the hidden test stays hidden', async () => {
    const begun = await timonel.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'tutor' }, student.headers);
    const conversation = begun.body.id;
    const said: string[] = [];
    const say = async (text: string) => {
      const { reply } = await timonel.say(conversation, text, student.headers);
      said.push(JSON.stringify(reply));
      return reply.text;
    };
    expect(await say('hola')).toMatch(/El doble/);
    await say('El doble');
    const wrong = 'def doble(n):\n    return n + 2 if n == 2 else n';
    for (let time = 0; time < 3; time += 1)
      expect(await say(`entregar\n\`\`\`\n${wrong}\n\`\`\``)).toMatch(/Falla 1 test oculto \(textos\)/);
    const seen = await command('class', {}, ana);
    expect(seen.body).toMatchObject({
      students: 1,
      stuck: 1,
      class: [
        {
          name: 'Eva',
          course: 'ALG-A',
          exercise: 'doble',
          state: 'stuck',
          failing: 'hidden',
          attempts: 3,
          passed: 0,
          exercises: 1,
        },
      ],
    });
    expect(await command('class', {}, ben)).toMatchObject({ body: { students: 0 } });
    const get = (path: string, who: Person) => timonel.call('GET', `${api}/${path}`, undefined, who.headers);
    expect((await get('taught', ana)).body).toEqual({ courses: [{ code: 'ALG-A', title: 'Curso ALG-A', students: 1 }] });
    expect((await get('class/ALG-A', ana)).body).toMatchObject({
      exercises: [{ code: 'doble', activity: 'A1', hiddenTests: 1 }],
      students: [{ name: 'Eva', state: 'stuck', work: [{ exercise: 'doble', state: 'stuck', attempts: 3, failing: 'hidden' }] }],
    });
    const shown = (await get(`students/user:${student.id}?course=ALG-A`, ana)).body;
    expect(shown).toMatchObject({
      name: 'Eva',
      events: expect.arrayContaining([expect.objectContaining({ kind: 'submitted', exercise: 'doble' })]),
    });
    expect(JSON.stringify(shown)).not.toMatch(/return n|canary/);
    // Nobody sees another one's class, and students see none.
    for (const path of ['class/ALG-A', `students/user:${student.id}?course=ALG-A`]) {
      expect([path, (await get(path, ben)).status]).toEqual([path, 404]);
      expect([path, (await get(path, student)).status]).toEqual([path, 403]);
    }
    expect((await get(`students/user:${student.id}?course=ALG-B`, ben)).status).toBe(404);
    expect((await get('taught', ben)).body).toMatchObject({ courses: [{ code: 'ALG-B', students: 0 }] });
    const person = `user:${student.id}`;
    expect((await command('student', { person }, ben)).status).toBeGreaterThanOrEqual(400);
    const way = await command('student', { person }, ana);
    expect(JSON.stringify(way.body)).not.toContain('return n + 2');
    expect(JSON.stringify((await command('student', { person, texts: true }, ana)).body)).toContain('return n + 2');
    expect((await command('help-level', { course: 'ALG-A', person, level: 'none' }, ben)).status).toBeGreaterThanOrEqual(400);
    expect((await command('help-level', { course: 'ALG-A', person, level: 'none', why: 'examen' }, ana)).body).toEqual({
      changed: 1,
      level: 'none',
    });
    expect(await say('pista')).toMatch(/no se dan pistas/);
    await command('help-level', { course: 'ALG-A', person, level: null }, ana);
    expect(await say('pista')).toMatch(/casos|entradas/);
    expect((await command('intervene', { course: 'ALG-A', person, text: 'Hablamos.' }, ana)).body).toEqual({ noted: true });
    const { body: report } = await timonel.call<{ csv: string }>('GET', `${api}/reports/ALG-A`, undefined, ana.headers);
    expect(report.csv).toMatch(/^person,name[^\n]*\r\nuser:[^,]+,Eva,,doble,0,3,/);
    const page = await command('report', { course: 'ALG-A', format: 'html' }, ana);
    expect(page.body['html']).toMatch(
      /^<!doctype html>[\s\S]*default-src 'none'[\s\S]*@page[\s\S]*<td>Eva<\/td>[\s\S]*<td>doble<\/td>/,
    );
    expect((await command('report', { course: 'ALG-A', format: 'html' }, ben)).status).toBe(409);
    expect(await command('anonymous-export', { course: 'ALG-A' }, ana)).toMatchObject({ body: { people: 0, events: [] } });
    const seenByStudent = [
      ...said,
      JSON.stringify((await timonel.call('GET', `/api/v1/conversations/${conversation}`, undefined, student.headers)).body),
    ];
    expect(seenByStudent.filter((each) => each.includes(canary))).toEqual([]);
    // What others wrote is not for instructors by itself.
    expect((await timonel.call('GET', `/api/v1/conversations/${conversation}`, undefined, ben.headers)).status).toBe(404);
  }, 90_000);

  it('exports without names from five students on, with weeks for times and no texts', async () => {
    const pool = timonel.timonel.store.pool;
    await pool.executeText(`INSERT INTO tutor_events (workspace_id, id, at, person, course_id, activity_id, exercise_id, kind, data)
      SELECT 'default', 'made-' || n, '2026-11-30T12:34:56Z', 'user:' || gen_random_uuid(), a.course_id, a.id, e.id, 'ran-tests',
        '{"code": "x = 1234567", "passed": 1, "failed": 0, "verdicts": {}, "failing": []}'
      FROM generate_series(1, 5) n, tutor_exercises e JOIN tutor_activities a ON a.id = e.activity_id WHERE e.code = 'doble'`);
    const { body } = await command('anonymous-export', { course: 'ALG-A' }, ana);
    const text = JSON.stringify(body);
    expect(body).toMatchObject({ people: 6 });
    expect(text).toContain('2026-W49');
    expect(text).not.toMatch(/user:|12:34|1234567|Hablamos|return n/);
    expect(JSON.stringify((await command('anonymous-export', { course: 'ALG-A', texts: true }, ana)).body)).toContain('1234567');
  });
});
