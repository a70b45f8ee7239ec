/** Help is offered to who is stuck: where the terms allow it, once for each failing test, and not to who wants none. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { freshStoreEnvironment, storeKinds } from '../../test/stores.ts';
import { openToolWorkspace, type ToolConversation, type ToolWorkspace } from '../../test/tool-workspace.ts';
import { tutor } from './agent.ts';
import { record } from './events.ts';
import { jobs } from './jobs.ts';
import { offersTool } from './offers.ts';
import { sample } from './seed.ts';
import { showExercise } from './work-tools.ts';

describe.each(storeKinds)('offers of help (%s)', (kind) => {
  let store: Store;
  let remove: () => Promise<void>;
  let school: ToolWorkspace;
  beforeAll(async () => {
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    store = await openStore(readSettings(fresh.environment), { agents: [tutor] });
    school = await openToolWorkspace(store.pool, {
      agent: 'tutor',
      timeZone: 'UTC',
      now: new Date('2026-11-30T15:00:00Z'),
      sample,
      workspaceId: `school-${randomUUID().slice(0, 8)}`,
    });
  });
  afterAll(async () => {
    await store.close();
    await remove();
  });

  const sql = (text: string) => store.pool.executeText<Record<string, string>>(text.replaceAll(':w', `'${school.workspaceId}'`));
  const wait = (minutes: number) => {
    school.now = new Date(school.now.getTime() + minutes * 60_000);
  };
  const look = async () => {
    await Promise.all([1, 2].map(() => jobs.find(({ name }) => name === 'offer-help')?.run({}, school.access)));
    return school.sent.length;
  };
  /** Runs that fail the same test, as the tool keeps them. */
  const fail = async ({ id }: ToolConversation, test: string, times: number) => {
    const [row] = await sql(`SELECT e.id AS exercise, a.id AS activity, a.course_id AS course FROM tutor_exercises e
      JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id WHERE e.workspace_id = :w AND e.code = 'propina'`);
    const { exercise = '', activity = '', course = '' } = row ?? {};
    const place = {
      person: `conversation:${id}`,
      exercise: { id: exercise, activityId: activity, courseId: course },
      conversationId: id,
    };
    const at = school.now.toISOString();
    await sql(`UPDATE tutor_work SET failing = '${test} wrong', failing_since = '${at}', updated_at = '${at}', code = 'x',
      result = '{"failing":[{"test":"v1","verdict":"wrong","printed":"","error":null,"got":"0"}],"passed":1,"total":2,"hidden":null}'
      WHERE workspace_id = :w AND person = '${place.person}'`);
    for (let time = 0; time < times; time += 1)
      await school.access.query((database) =>
        record(database, school.access, place, randomUUID(), {
          kind: 'ran-tests',
          code: 'x',
          passed: 1,
          failed: 1,
          verdicts: { wrong: 1 },
          failing: [test],
        }),
      );
  };

  it('offers once, and again for another test; never where terms or student do not want it', async () => {
    const student = school.conversation();
    await student.call(showExercise, { exercise: 'propina' });
    await fail(student, 'v1', 3);
    wait(11);
    // Off by default.
    expect(await look()).toBe(0);
    await sql(`UPDATE tutor_terms SET proactive_help = true WHERE workspace_id = :w`);
    expect(await look()).toBe(1);
    expect(school.sent[0]).toMatchObject({ conversation: student.id });
    expect(JSON.stringify(school.sent[0])).toMatch(/La propina[\s\S]*propina\(2000\)[\s\S]*sin avisos[\s\S]*no offers/);
    wait(11);
    expect(await look()).toBe(1);
    // Too few runs, then too soon, then due.
    await fail(student, 'v2', 2);
    wait(11);
    expect(await look()).toBe(1);
    await fail(student, 'v2', 3);
    wait(9);
    expect(await look()).toBe(1);
    wait(2);
    expect(await look()).toBe(2);
    // The activity has limits of its own.
    await sql(
      `UPDATE tutor_activities SET thresholds = '{"stuck": {"runs": 1}, "idle": {"seconds": 120}}' WHERE workspace_id = :w`,
    );
    await fail(student, 'v1', 1);
    wait(3);
    expect(await look()).toBe(3);
    await student.call(offersTool, { wanted: false });
    await fail(student, 'v2', 4);
    wait(30);
    expect(await look()).toBe(3);
    await student.call(offersTool, { wanted: true });
    expect(await look()).toBe(4);
    // Who left hours ago is not called back.
    await fail(student, 'v1', 4);
    wait(180);
    expect(await look()).toBe(4);
    const [told] = await sql(`SELECT count(*)::text AS n FROM tutor_events WHERE workspace_id = :w AND kind = 'reply'`);
    expect(told).toEqual({ n: '4' });
  });
});
