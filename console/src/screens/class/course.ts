/** Courses, students and their work, as the routes and commands of the agent `tutor` answer them. */
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { queryText, request } from '../../api/client.ts';
import type { ApiProblem } from '../../api/problem.ts';

const root = '/api/v1/agents/tutor';
/** Students work in runs: what ends a run has everything under this name read anew. */
const live = 'GET /api/v1/runs';
/** That a minute more is spent on a test is told by no event. */
const everyMs = 60_000;

export type WorkState = 'not-begun' | 'working' | 'stuck' | 'passed';
export type HelpLevel = 'none' | 'low' | 'medium' | 'high';
export const helpLevels = ['none', 'low', 'medium', 'high'] as const;

export interface Wording {
  es: string;
  en: string;
}

export interface Work {
  exercise: string;
  state: WorkState;
  attempts: number;
  hints: number;
  points: number | null;
  highestPoints: number | null;
  failing: string | null;
  failingSince: string | null;
  lastSeen: string;
}

export interface RaisedSignal {
  row: string;
  level: 'low' | 'medium' | 'high';
  activity: string;
  title: Wording;
  recommendation: Wording;
}

export interface Student {
  person: string;
  name: string;
  group: string;
  state: WorkState;
  stuckMinutes: number | null;
  helpLevel: HelpLevel | null;
  helpByLevel: Record<string, number>;
  refused: Record<string, number>;
  signals: readonly RaisedSignal[];
  work: readonly Work[];
}

export interface Exercise {
  code: string;
  title: string;
  activity: string;
  hiddenTests: number;
}

export interface ClassBoard {
  course: string;
  groups: readonly string[];
  exercises: readonly Exercise[];
  students: readonly Student[];
  aboutSignals: Wording;
}

export interface WayEvent {
  id: string;
  at: string;
  kind: string;
  exercise: string | null;
  want?: string;
  hint?: string | null;
  helpLevel?: string;
  level?: string;
  guarded?: boolean;
  passed?: number;
  failed?: number;
  failing?: readonly string[];
  points?: number;
  highestPoints?: number;
  rule?: string;
  reason?: string;
  act?: string;
  text?: string;
  code?: string;
}

export interface Way {
  name: string;
  events: readonly WayEvent[];
  activities: readonly {
    activity: string;
    overall: string;
    signals: readonly { row: string; level: string; title: Wording; recommendation: Wording; formula: string; value: number }[];
  }[];
}

/** Terms of help of an activity, as its resource has them; null: as the course, the programme or the institution says. */
export interface Terms {
  id: string;
  version: number;
  helpLevel: HelpLevel | null;
  blockWholeSolutions: boolean | null;
  requirePlan: boolean | null;
  allowCodeFragments: boolean | null;
  allowPseudoCode: boolean | null;
  proactiveHelp: boolean | null;
  requestsPerDay: number | null;
}
export const termSwitches = [
  'blockWholeSolutions',
  'requirePlan',
  'allowCodeFragments',
  'allowPseudoCode',
  'proactiveHelp',
] as const;

async function read<T>(path: string, signal: AbortSignal): Promise<T> {
  return (await request<T>('GET', root + path, { signal })).value;
}

export function useTaught() {
  return useQuery<readonly { code: string; title: string; students: number }[], ApiProblem>({
    queryKey: ['class', 'courses'],
    queryFn: async ({ signal }) =>
      (await read<{ courses: { code: string; title: string; students: number }[] }>('/taught', signal)).courses,
    staleTime: everyMs,
  });
}

export function useClass(course: string | undefined, group: string | undefined) {
  return useQuery<ClassBoard, ApiProblem>({
    queryKey: [live, 'class', course, group],
    queryFn: ({ signal }) => read<ClassBoard>(`/class/${encodeURIComponent(course ?? '')}${queryText({ group })}`, signal),
    enabled: course !== undefined,
    refetchInterval: everyMs,
  });
}

export function useWay(person: string, course: string) {
  return useQuery<Way, ApiProblem>({
    queryKey: [live, 'class', 'way', person, course],
    queryFn: ({ signal }) => read<Way>(`/students/${encodeURIComponent(person)}${queryText({ course })}`, signal),
  });
}

/** What was written, too; the audit log keeps that somebody looked. */
export async function readTexts(person: string, course: string): Promise<readonly WayEvent[]> {
  return (await command<{ events: WayEvent[] }>('student', { person, course, texts: true })).events;
}

export function useTerms(activity: string) {
  return useQuery<Terms | null, ApiProblem>({
    queryKey: ['class', 'terms', activity],
    queryFn: async ({ signal }) =>
      (await read<{ items: Terms[] }>(`/terms${queryText({ activity, level: 'activity' })}`, signal)).items[0] ?? null,
  });
}

export async function setTerms(
  activity: string,
  before: Terms | null,
  terms: Partial<Omit<Terms, 'id' | 'version'>>,
): Promise<void> {
  if (before === null) await request('POST', `${root}/terms`, { body: { level: 'activity', activity, ...terms } });
  else await request('PATCH', `${root}/terms/${before.id}`, { body: terms, headers: { 'if-match': `"${before.version}"` } });
}

async function command<T>(name: string, body: object): Promise<T> {
  return (await request<T>('POST', `${root}/commands/${name}`, { body })).value;
}

export async function note(course: string, person: string, kind: 'note' | 'intervention', text: string): Promise<void> {
  await command('intervene', { course, person, kind, text });
}

/** @param person the whole class where it is absent */
export async function setHelp(course: string, person: string | undefined, level: HelpLevel | null, why: string): Promise<void> {
  await command('help-level', { course, ...(person === undefined ? {} : { person }), level, why });
}

export async function csvOf(course: string): Promise<string> {
  return (await request<{ csv: string }>('GET', `${root}/reports/${encodeURIComponent(course)}`)).value.csv;
}

export async function readAgain(client: QueryClient): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: [live, 'class'] }),
    client.invalidateQueries({ queryKey: ['class', 'terms'] }),
  ]);
}
