/** Grading again: each submission once, whatever stops the job in between. `TIMONEL_TUTOR_REGRADES` says how many; 60 where absent. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config.ts';
import type { JobContext } from '../../src/index.ts';
import { createSandbox } from '../../src/sandbox.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { freshStoreEnvironment, storeKinds } from '../../test/stores.ts';
import { openToolWorkspace, type ToolWorkspace } from '../../test/tool-workspace.ts';
import { tutor } from './agent.ts';
import { jobs } from './jobs.ts';
import { sample } from './seed.ts';

const submissions = Number(process.env['TIMONEL_TUTOR_REGRADES'] ?? '60');

describe.each(storeKinds)('regrading (%s)', (kind) => {
  const sandbox = createSandbox({ mode: 'embedded', concurrency: 2, queue: 500 });
  let store: Store;
  let remove: () => Promise<void>;
  let school: ToolWorkspace;
  beforeAll(async () => {
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    store = await openStore(readSettings(fresh.environment), { agents: [tutor] });
    const now = new Date('2026-11-30T15:00:00Z');
    school = await openToolWorkspace(store.pool, {
      agent: 'tutor',
      timeZone: 'UTC',
      now,
      sample,
      workspaceId: `school-${randomUUID().slice(0, 8)}`,
    });
  });
  afterAll(async () => {
    await sandbox.close();
    await store.close();
    await remove();
  });

  it('grades each once, with a job that dies again and again', { timeout: 300_000 }, async () => {
    const { workspaceId } = school;
    const sql = (text: string) => store.pool.executeText<Record<string, number>>(text.replaceAll(':w', `'${workspaceId}'`));
    // Two programs of three are right; the points that they have are not.
    await sql(`INSERT INTO tutor_submissions (workspace_id, id, key, person, course_id, activity_id, exercise_id, code, attempt, points, highest_points,
        passed_all, grading, graded_at, created_at)
      SELECT :w, gen_random_uuid(), 'key-' || n, 'user:' || gen_random_uuid(), a.course_id, a.id, e.id,
        CASE WHEN n % 3 = 0 THEN 'def propina(total):' || chr(10) || '    return 0' ELSE e.reference_programs[1] END, 1, 1, 5, false, 1, now(),
        '2026-11-30T10:00:00Z'::timestamptz + (n / 4) * interval '1 second'
      FROM generate_series(1, ${submissions}) n, tutor_exercises e JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
      WHERE e.workspace_id = :w AND e.code = 'propina'`);
    await sql(`DELETE FROM tutor_tests WHERE workspace_id = :w AND code <> 'v1'`);
    await sql(`INSERT INTO tutor_regrades (workspace_id, id, exercise_id, until, total, created_at)
      SELECT :w, gen_random_uuid(), id, '2026-11-30T15:00:00Z', ${submissions}, '2026-11-30T15:00:00Z' FROM tutor_exercises WHERE workspace_id = :w AND code = 'propina'`);
    let runs = 0;
    const context: JobContext = {
      ...school.access,
      sandbox: {
        languages: () => sandbox.languages(),
        run: (program, input, options) => sandbox.run(program, input, { ...options, owner: 'job' }),
        runEach: async (program, inputs, options) => {
          runs += 1;
          // As a kill in the middle: every eleventh program takes the job with it.
          if (runs % 11 === 0) throw new Error('killed');
          return sandbox.runEach(program, inputs, { ...options, owner: 'job' });
        },
      },
    };
    const regrade = jobs.find(({ name }) => name === 'regrade');
    const open = async () =>
      (await sql(`SELECT count(*)::int AS n FROM tutor_regrades WHERE workspace_id = :w AND finished_at IS NULL`))[0]?.['n'];
    for (let times = 0; (await open()) !== 0 && times < submissions; times += 1)
      // Two at once, as two processes that take the job from each other.
      await Promise.allSettled([regrade?.run({}, context), regrade?.run({}, context)]);
    const [found] =
      await sql(`SELECT count(*)::int AS n, count(*) FILTER (WHERE grading = 2)::int AS once, count(*) FILTER (WHERE passed_all)::int AS passed,
      count(*) FILTER (WHERE passed_all <> (code NOT LIKE '%return 0'))::int AS wrong FROM tutor_submissions WHERE workspace_id = :w`);
    const [regraded] = await sql(`SELECT done, total, changed FROM tutor_regrades WHERE workspace_id = :w`);
    const zeros = Math.floor(submissions / 3);
    expect(found).toEqual({ n: submissions, once: submissions, passed: submissions - zeros, wrong: 0 });
    expect(regraded).toMatchObject({ done: submissions, total: submissions });
    const [outcomes] = await sql(`SELECT count(*)::int AS n FROM tutor_outcomes WHERE workspace_id = :w`);
    expect(outcomes).toEqual({ n: submissions });
  });
});
