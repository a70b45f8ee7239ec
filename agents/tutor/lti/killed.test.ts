/**
 * Kills between a submission, its grade at the platform and its statements at the record store: each is there once.
 * `TIMONEL_TUTOR_KILLS` says how many more, anywhere in a turn; the turn is then taken over, which takes its time.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Campus, openCampus, type Page, rightProgram } from '../../../test/lti/campus.ts';
import { type KillableTutor, startTutor } from '../../../test/lti/killable.ts';
import { learner } from '../../../test/lti/platform.ts';
import { openRecordStore, type RecordStore } from '../../../test/xapi/record-store.ts';

const kills = Number(process.env['TIMONEL_TUTOR_KILLS'] ?? '0');
const patient = { timeout: 60_000, interval: 100 };

interface Student {
  sub: string;
  page: Page;
  conversation: string;
}

let campus: Campus;
let records: RecordStore;
let tutor: KillableTutor | undefined;
const students: Student[] = [];

beforeAll(async () => {
  [campus, records] = await Promise.all([openCampus('embedded'), openRecordStore('tutor', 'x')]);
  await campus.created('xapi-stores', { name: 'LRS', endpoint: records.url, userName: 'tutor', secret: 'x' });
  for (let each = 0; each < kills + 2; each += 1) {
    const sub = `killed-${each}`;
    const claims = {
      'https://purl.imsglobal.org/spec/lti/claim/custom': { exercise: 'doble' },
      'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': {
        scope: ['result.readonly', 'score'].map((scope) => `https://purl.imsglobal.org/spec/lti-ags/scope/${scope}`),
        lineitem: `${campus.platform.url}/lineitems/k/lineitem?type_id=1`,
      },
    };
    const page = await campus.launch({ user: { sub, name: sub, roles: [learner] }, claims });
    const { conversation } = await campus.say(page, undefined, 'doble');
    students.push({ sub, page, conversation });
  }
  await campus.timonel.close(false);
}, 120_000);
afterAll(async () => {
  await tutor?.kill();
  await campus?.[Symbol.asyncDispose]();
  await records?.[Symbol.asyncDispose]();
});

const submit = ({ page, conversation }: Student) =>
  fetch(`${campus.url}/api/v1/conversations/${conversation}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${page.data.session?.accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text: `entregar\n\`\`\`python\n${rightProgram}\n\`\`\`` }),
  }).catch(() => undefined);
const posts = ({ sub }: Student) => campus.platform.grades.posts.filter(({ userId }) => userId === sub);

/** Until nothing is on its way any more. */
async function settle(student: Student): Promise<void> {
  const at = tutor as KillableTutor;
  const state = async () => {
    await at.work('lti-scores');
    await at.work('xapi-statements');
    const [score] = await at.rows(`SELECT state FROM tutor_lti_scores WHERE subject = '${student.sub}'`);
    const [queue] = await at.rows(`SELECT count(*)::int AS n FROM tutor_xapi_statements`);
    return [score?.['state'], queue?.['n']];
  };
  await expect.poll(state, patient).toEqual(['sent', 0]);
}

it('stores a grade and statements once, whenever the tutor is killed', { timeout: 120_000 + kills * 30_000 }, async () => {
  const seed = 20_261_130;
  for (const [round, student] of students.entries()) {
    tutor ??= await startTutor(campus.environment);
    if (round === 0) campus.platform.grades.faults.push('hang');
    if (round === 1) records.faults.push('hang');
    const asked = submit(student);
    if (round === 0) {
      await asked;
      await expect.poll(() => posts(student).length, patient).toBe(1);
    } else if (round === 1) {
      await asked;
      const before = records.statements.length;
      await tutor.work('xapi-statements');
      await expect.poll(() => records.statements.length, patient).toBeGreaterThan(before);
      // Anywhere in a turn, which takes about that long.
    } else await new Promise((resolve) => setTimeout(resolve, ((seed + round * 7_919) % 97) * 10));
    await tutor.kill();
    await asked;
    tutor = await startTutor(campus.environment);
    // A message whose process died before it was stored was never taken: the student sends it again.
    const taken = async () =>
      (
        await (
          tutor as KillableTutor
        ).rows(`SELECT s.graded_at FROM tutor_submissions s JOIN tutor_lti_people p ON p.person = s.person
        WHERE p.subject = '${student.sub}' AND s.graded_at IS NOT NULL`)
      ).length;
    const runs = await tutor.rows(`SELECT status FROM runs WHERE conversation_id = '${student.conversation}' ORDER BY created_at`);
    if (runs.length < 2) await submit(student);
    await expect.poll(taken, patient).toBe(1);
    await settle(student);
    expect([round, posts(student).map(({ scoreGiven }) => scoreGiven)]).toEqual([round, [2]]);
    const ids = records.statements.map(({ id }) => id);
    expect([round, ids.length - new Set(ids).size, records.wrong]).toEqual([round, 0, []]);
    expect([round, records.statements.filter(({ verb }) => verb.id.endsWith('/passed')).length]).toEqual([round, round + 1]);
  }
});
