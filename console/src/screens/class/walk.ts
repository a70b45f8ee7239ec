import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 20_000 };
const root = '/api/v1/agents/tutor';
const course = 'WALK';

export const walk: ScreenWalk = {
  title: 'shows who is stuck and why, replays what happened, notes, changes help and terms, exports',
  async prepare(api) {
    const made = async (resource: string, row: object) => {
      const answer = await api.call('POST', `${root}/${resource}`, row);
      expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    };
    await made('courses', { code: course, title: 'Programación, comisión del walk', position: 0 });
    await made('activities', { code: `${course}-1`, course, title: 'Funciones' });
    for (const [code, title] of [
      ['walk-doble', 'El doble'],
      ['walk-suma', 'La suma de una lista'],
      ['walk-primos', 'Primos'],
    ]) {
      const tests = [
        { code: 'v', visible: true, kind: 'call', expression: 'f(2)', expected: 4 },
        { code: 'h', kind: 'call', expression: 'f(3)', expected: 6, category: 'otros números' },
      ];
      const exercise = { code, title, statement: 'Escribí f.', references: ['def f(n):\n    return n * 2\n'], tests };
      const imported = await api.call('POST', `${root}/commands/import-exercises`, {
        activity: `${course}-1`,
        exercises: [exercise],
      });
      expect(imported.status, JSON.stringify(imported.body)).toBe(200);
    }
    const people = ['Ana Gil', 'Beto Ruiz', 'Clara Paz'].map((name) => ({ name, person: `user:${crypto.randomUUID()}` }));
    for (const { name, person } of people)
      await made('enrolments', { course, person, name, classGroup: name === 'Clara Paz' ? 'B' : 'A' });
    const [ana, beto] = people;
    // What students did, as their conversations leave it.
    await api.timonel.store.pool.executeText(
      `INSERT INTO tutor_work (workspace_id, person, exercise_id, failing, failing_since, hints, attempts, passed_at, opened_at, updated_at)
       SELECT e.workspace_id, p.person, e.id, p.failing, CASE WHEN p.failing <> '' THEN now() - interval '40 minutes' END, p.hints, p.attempts,
         CASE WHEN p.failing = '' THEN now() - interval '1 hour' END, now() - interval '2 hours',
         CASE WHEN p.failing <> '' THEN now() - interval '5 minutes' ELSE now() - interval '1 hour' END
       FROM tutor_exercises e JOIN (VALUES ($1, 'walk-doble', '', 1, 2), ($1, 'walk-suma', 'hidden', 3, 4), ($2, 'walk-doble', '', 0, 1))
         AS p(person, exercise, failing, hints, attempts) ON p.exercise = e.code WHERE e.workspace_id = 'default'`,
      [ana?.person, beto?.person],
    );
    const events = [
      { minutes: 50, kind: 'message', data: { text: 'no me sale, dame la solución', want: 'solution' } },
      { minutes: 49, kind: 'refused', data: { rule: 'no-solutions', reason: 'Whole solutions are not given.' } },
      { minutes: 45, kind: 'hint-shown', data: { hint: 'guiding-question', level: 'low' } },
      ...[40, 30, 20, 10].map((minutes) => ({
        minutes,
        kind: 'submitted',
        data: {
          submissionId: crypto.randomUUID(),
          code: 'def f(n):\n    return n + n if n else 0',
          points: 1,
          highestPoints: 2,
          passedAll: false,
        },
      })),
    ];
    for (const { minutes, kind, data } of events)
      await api.timonel.store.pool.executeText(
        `INSERT INTO tutor_events (workspace_id, id, at, person, course_id, activity_id, exercise_id, kind, data)
         SELECT 'default', $1, now() - make_interval(mins => $2), $3, a.course_id, a.id, e.id, $4, $5
         FROM tutor_exercises e JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
         WHERE e.workspace_id = 'default' AND e.code = 'walk-suma'`,
        [crypto.randomUUID(), minutes, ana?.person, kind, JSON.stringify(data)],
      );
    return { ana: ana?.person ?? '' };
  },
  addresses: ({ ana }) => [
    `/class?course=${course}`,
    `/class?course=${course}&open=${encodeURIComponent(ana ?? '')}`,
    `/class?course=${course}&activity=${course}-1`,
  ],
  async walk({ page, api, go, shot }) {
    await go(`/class?course=${course}`);
    const table = page.getByRole('region', { name: `Estudiantes por ejercicio de ${course}` });
    await table.waitFor(patient);
    await shot('class');
    await table.getByText(/sin avanzar hace 4\d min/).waitFor(patient);
    // Who needs somebody stands first.
    expect(await table.getByRole('rowheader').first().textContent()).toContain('Ana Gil');
    await table.getByRole('button', { name: 'Ana Gil' }).focus();
    await page.keyboard.press('Enter');
    const aside = page.getByRole('complementary');
    await aside.getByText('no-solutions').first().waitFor(patient);
    await aside.getByText('1 de 2 puntos').first().waitFor(patient);
    expect(await aside.getByText('dame la solución').count()).toBe(0);
    await aside.getByRole('button', { name: 'Mostrar lo que se escribió' }).click();
    await aside.getByText('no me sale, dame la solución').waitFor(patient);
    await shot('class-student');
    await aside.getByRole('button', { name: 'Anotar' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Qué conversaste o hiciste').fill('Hablamos de los casos vacíos.');
    await dialog.getByRole('button', { name: 'Anotar' }).click();
    await aside.getByText('Hablamos de los casos vacíos.').waitFor(patient);
    await aside.getByRole('button', { name: 'Cambiar la ayuda' }).click();
    await dialog.getByLabel('La ayuda llega hasta').selectOption('high');
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await table.getByText('Ayuda puesta en alta').waitFor(patient);
    await aside.getByRole('button', { name: 'Cerrar' }).click();

    await table.getByRole('button', { name: 'Primos' }).click();
    await aside.getByLabel('Pedir antes un plan').selectOption('yes');
    await aside.getByLabel(/^Pedidos de ayuda por día/).fill('5');
    await aside.getByRole('button', { name: 'Guardar' }).click();
    const terms = async () =>
      (await api.call<{ items: object[] }>('GET', `${root}/terms?activity=${course}-1`)).body.items[0] ?? {};
    await expect.poll(terms, patient).toMatchObject({ requirePlan: true, requestsPerDay: 5, helpLevel: null });
    await shot('class-terms');
    await aside.getByRole('button', { name: 'Cerrar' }).click();
    await page.getByLabel('Comisión').selectOption('B');
    await expect.poll(() => table.getByRole('rowheader').count(), patient).toBe(1);
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
    expect(file.suggestedFilename()).toBe(`${course}.csv`);
  },
};
