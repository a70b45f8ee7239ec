/** An event of a student as an xAPI statement: a pseudonym, what was done, with what result. No text, no program, and of tests their number only. */
import { createHmac } from 'node:crypto';
import { v5 as uuidOfName } from 'uuid';
import type { StudentEvent } from '../contract.ts';

/** Random; of the names of statements and registrations. */
const namespace = '6b0d7a52-93c1-4f7e-8a6e-0c5d2f1b7e43';
const adl = 'http://adlnet.gov/expapi';
/** Of the extensions of this tool; no address that anything is fetched from. */
const own = 'https://w3id.org/timonel/tutor';

export interface StatedEvent {
  event: StudentEvent;
  exercise: { id: string; title: string } | undefined;
  activity: { id: string; title: string };
  course: { id: string; title: string; language: 'es' | 'en' };
}

export interface StatementPlace {
  workspaceId: string;
  /** What identifiers begin with, e.g. `https://timonel.example.com`. */
  homePage: string;
  /** What pseudonyms are drawn with; of one store. */
  pseudonymKey: string;
  platform: string;
}

export interface Statement {
  id: string;
  actor: { objectType: 'Agent'; account: { homePage: string; name: string } };
  verb: { id: string; display: Record<string, string> };
  object: object;
  result?: object;
  context: object;
  timestamp: string;
}

/** Statements of one event are the same one, whenever and however often they are made. */
export function statementIdOf(workspaceId: string, eventId: string): string {
  return uuidOfName(JSON.stringify([workspaceId, eventId]), namespace);
}

export function pseudonymOf(key: string, person: string): string {
  return createHmac('sha256', key).update(person).digest('base64url').slice(0, 32);
}

/** `undefined` for events that are not told. */
export function statementOf({ event, exercise, activity, course }: StatedEvent, place: StatementPlace): Statement | undefined {
  const { workspaceId, homePage, pseudonymKey, platform } = place;
  const done = deedOf(event);
  if (done === undefined) return undefined;
  const name = pseudonymOf(pseudonymKey, event.studentId);
  const object = (kind: string, id: string, title: string, type: string) => ({
    objectType: 'Activity',
    id: `${homePage}/xapi/${kind}/${id}`,
    definition: { type: `${adl}/activities/${type}`, name: { [course.language]: title } },
  });
  const lesson = object('activities', activity.id, activity.title, 'lesson');
  return {
    id: statementIdOf(workspaceId, event.id),
    actor: { objectType: 'Agent', account: { homePage, name } },
    verb: done.verb,
    object: exercise === undefined ? lesson : object('exercises', exercise.id, exercise.title, 'assessment'),
    ...(done.result === undefined ? {} : { result: done.result }),
    context: {
      registration: uuidOfName(JSON.stringify([workspaceId, name, exercise?.id ?? activity.id]), namespace),
      platform,
      language: course.language,
      contextActivities: {
        ...(exercise === undefined ? {} : { parent: [lesson] }),
        grouping: [object('courses', course.id, course.title, 'course')],
      },
      ...(done.extensions === undefined ? {} : { extensions: done.extensions }),
    },
    timestamp: event.at.toISOString(),
  };
}

interface Deed {
  verb: Statement['verb'];
  result?: object;
  extensions?: Record<string, string>;
}

const verb = (word: string, es: string, en: string): Statement['verb'] => ({ id: `${adl}/verbs/${word}`, display: { es, en } });

function deedOf(event: StudentEvent): Deed | undefined {
  switch (event.kind) {
    case 'opened':
      return { verb: verb('attempted', 'intentó', 'attempted') };
    case 'message':
      return { verb: verb('asked', 'preguntó', 'asked'), extensions: { [`${own}/want`]: event.want } };
    case 'hint-shown':
      return {
        verb: verb('interacted', 'recibió una pista', 'interacted'),
        extensions: { [`${own}/hint`]: event.hint, [`${own}/help-level`]: event.level },
      };
    case 'ran-tests': {
      const all = event.passed + event.failed;
      return {
        verb: verb('answered', 'respondió', 'answered'),
        result: { success: event.failed === 0, ...(all === 0 ? {} : { score: scoreOf(event.passed, all) }) },
      };
    }
    case 'submitted': {
      const { points, highestPoints, passedAll } = event;
      return {
        verb: passedAll ? verb('passed', 'aprobó', 'passed') : verb('failed', 'no aprobó', 'failed'),
        result: { success: passedAll, completion: true, ...(highestPoints > 0 ? { score: scoreOf(points, highestPoints) } : {}) },
      };
    }
    default:
      return undefined;
  }
}

function scoreOf(raw: number, max: number): object {
  return { scaled: Math.round((raw / max) * 10_000) / 10_000, raw, min: 0, max };
}
