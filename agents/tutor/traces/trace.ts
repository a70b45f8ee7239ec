/** Traces of a student's work, derived from events and from nothing else. */
import type { StudentEvent } from '../contract.ts';
import type { CognitiveState, DecisionTrace, HelpOverTime, Measure, StateChange, Trace, TracedWork } from './contract.ts';

type EventOf<Kind extends StudentEvent['kind']> = Extract<StudentEvent, { kind: Kind }>;

/** Runs in a row that fail the same tests, from which a student counts as stuck. */
const stuckRuns = 3;
/** Help counts for what is achieved within this time after it, in milliseconds. */
const helpReach = 10 * 60_000;
/** Achievements that a share is made of at least. */
const leastAchievements = 2;
const leastDecisions = 2;

/** @param events of one student and activity, in any order; an event that is there twice counts once */
export function tracesOf(events: readonly StudentEvent[]): TracedWork {
  const ordered = inOrder(events);
  const traces: Trace[] = [];
  const decisions: DecisionTrace[] = [];
  const failing: string[] = [];
  for (const [at, event] of ordered.entries()) {
    const before = ordered.slice(0, at);
    traces.push(...tracesOfEvent(event, before, failing));
    decisions.push(...decisionsOf(event));
  }
  return {
    traces,
    path: pathOf(traces),
    autonomy: autonomyOf(ordered),
    justified: justifiedOf(decisions),
    help: ordered.flatMap(helpOf),
    decisions,
  };
}

/** By time, each once. */
export function inOrder(events: readonly StudentEvent[]): StudentEvent[] {
  const once = new Map(events.map((event) => [event.id, event]));
  return [...once.values()].sort((one, other) => one.at.getTime() - other.at.getTime() || (one.id < other.id ? -1 : 1));
}

function tracesOfEvent(event: StudentEvent, before: readonly StudentEvent[], failing: string[]): Trace[] {
  const make = (
    level: Trace['level'],
    rule: string,
    evidence: string,
    state?: CognitiveState,
    reasoning?: Trace['reasoning'],
  ): Trace => ({
    level,
    eventId: event.id,
    at: event.at,
    rule,
    reasoning,
    evidence,
    state,
  });
  switch (event.kind) {
    case 'opened':
      return [make('N1', 'exercise-opened', 'opened the exercise', 'exploring')];
    case 'submitted':
      return [
        make('N1', 'delivery', `${event.points} of ${event.highestPoints} points`, event.passedAll ? 'validating' : undefined),
      ];
    case 'ran-tests': {
      const key = event.failing.toSorted().join(' ');
      failing.push(key);
      const last = failing.slice(-stuckRuns);
      const stuck = event.failed > 0 && last.length === stuckRuns && last.every((each) => each === key);
      const state = stuck ? 'stuck' : event.failed > 0 ? 'debugging' : 'validating';
      const run = make('N2', 'test-run', `${event.passed} passed, ${event.failed} failed`, state);
      const corrected = correctionIn(event, before);
      return corrected === undefined ? [run] : [run, make('N4', 'self-correction', corrected, 'debugging', 'inferred')];
    }
    case 'edited':
      return [make('N2', 'edit', `${event.insertedCharacters} characters in ${event.milliseconds} ms`, 'implementing')];
    case 'commit':
      return [
        make(
          'N2',
          'commit',
          `+${event.addedLines} −${event.removedLines} in ${event.files.length} files: ${quoted(event.message)}`,
          'implementing',
        ),
      ];
    case 'message': {
      const said = make('N3', 'message', quoted(event.text), stateOfWant[event.want]);
      if (event.want === 'metacognition')
        return [said, make('N4', 'speaks-of-own-thinking', quoted(event.text), 'reflecting', 'declared')];
      if (event.want === 'plan') return [said, make('N4', 'tells-a-plan', quoted(event.text), 'planning', 'declared')];
      return [said];
    }
    case 'reply':
      return [
        make(
          'N3',
          'reply',
          event.hint === undefined ? `help level ${event.helpLevel}` : `${event.hint}, help level ${event.helpLevel}`,
        ),
      ];
    case 'hint-shown':
      return [make('N3', 'hint', `${event.hint}, help level ${event.level}`)];
    case 'declared':
      return [make('N4', 'declared-decision', quoted(event.decision), 'planning', 'declared')];
    case 'refused':
      return [make('N3', 'refusal', event.rule)];
    case 'teacher':
      return [make('N3', `teacher-${event.act}`, quoted(event.text))];
  }
}

const stateOfWant: Readonly<Record<EventOf<'message'>['want'], CognitiveState | undefined>> = {
  delegation: undefined,
  explanation: 'exploring',
  example: 'exploring',
  validation: 'validating',
  hint: 'debugging',
  frustration: 'stuck',
  confusion: 'exploring',
  metacognition: 'reflecting',
  plan: 'planning',
  'run-tests': undefined,
  submit: undefined,
  'small-talk': undefined,
  other: undefined,
};

/** A test that failed passes now, and nobody helped in between. */
function correctionIn(event: EventOf<'ran-tests'>, before: readonly StudentEvent[]): string | undefined {
  const at = before.findLastIndex(({ kind, exerciseId }) => kind === 'ran-tests' && exerciseId === event.exerciseId);
  const last = before[at];
  if (last?.kind !== 'ran-tests' || last.failed === 0) return undefined;
  if (before.slice(at + 1).some(givesHelp)) return undefined;
  const mended = last.failing.filter((id) => !event.failing.includes(id));
  return mended.length === 0 || event.passed <= last.passed
    ? undefined
    : `${mended.length} failing tests pass, with no help since the run before`;
}

const givesHelp = (event: StudentEvent) => event.kind === 'hint-shown' || (event.kind === 'reply' && event.helpLevel !== 'none');

function pathOf(traces: readonly Trace[]): StateChange[] {
  const path: StateChange[] = [];
  for (const { state, at, eventId, rule } of traces) {
    if (state === undefined) continue;
    const last = path.at(-1);
    if (last?.state === state) path[path.length - 1] = { ...last, eventIds: [...last.eventIds, eventId] };
    else path.push({ state, from: at, eventIds: [eventId], rule });
  }
  return path;
}

const autonomyFormula = `achievements without help in the ${helpReach / 60_000} minutes before / achievements, where an achievement is a run that passes more tests than any before`;

function autonomyOf(ordered: readonly StudentEvent[]): Measure {
  const best = new Map<string, number>();
  const achieved: { event: StudentEvent; helped: boolean }[] = [];
  for (const [at, event] of ordered.entries()) {
    if (event.kind !== 'ran-tests') continue;
    const exercise = event.exerciseId ?? '';
    if (event.passed <= (best.get(exercise) ?? 0)) continue;
    best.set(exercise, event.passed);
    const since = event.at.getTime() - helpReach;
    achieved.push({
      event,
      helped: ordered
        .slice(0, at)
        .some((each) => each.at.getTime() >= since && each.exerciseId === event.exerciseId && givesHelp(each)),
    });
  }
  if (achieved.length < leastAchievements)
    return {
      kind: 'inconclusive',
      formula: autonomyFormula,
      because: `${achieved.length} achievements; ${leastAchievements} are the least`,
    };
  const alone = achieved.filter(({ helped }) => !helped).length;
  return {
    kind: 'measured',
    value: alone / achieved.length,
    formula: autonomyFormula,
    eventIds: achieved.map(({ event }) => event.id),
  };
}

const justifiedFormula = 'decisions with a justification / decisions';

function justifiedOf(decisions: readonly DecisionTrace[]): Measure {
  if (decisions.length < leastDecisions)
    return {
      kind: 'inconclusive',
      formula: justifiedFormula,
      because: `${decisions.length} decisions; ${leastDecisions} are the least`,
    };
  const justified = decisions.filter(({ justification }) => justification !== undefined);
  return {
    kind: 'measured',
    value: justified.length / decisions.length,
    formula: justifiedFormula,
    eventIds: decisions.map(({ eventId }) => eventId),
  };
}

const because = /\b(?:porque|ya que|dado que|para que|as[ií] (?:no|puedo|evito)|because|since|so that|in order to)\b(.*)/i;
const insteadOf = /\b(?:en (?:vez|lugar) de|y no|instead of|rather than|and not)\s+([^.,;]+)/i;

function decisionsOf(event: StudentEvent): DecisionTrace[] {
  if (event.kind === 'declared') {
    const { decision, justification, alternatives } = event;
    const told = justification?.trim() === '' ? undefined : justification;
    return [{ eventId: event.id, at: event.at, decision, justification: told, alternatives, source: 'declared' }];
  }
  if (event.kind !== 'message' || event.want !== 'plan') return [];
  const alternative = insteadOf.exec(event.text)?.[1]?.trim();
  return [
    {
      eventId: event.id,
      at: event.at,
      decision: quoted(event.text),
      justification: because.exec(event.text)?.[1]?.trim() || undefined,
      alternatives: alternative === undefined ? [] : [alternative],
      source: 'inferred',
    },
  ];
}

function helpOf(event: StudentEvent): HelpOverTime[] {
  if (event.kind === 'reply' && event.helpLevel !== 'none')
    return [{ at: event.at, level: event.helpLevel, hint: event.hint, eventId: event.id }];
  if (event.kind === 'hint-shown') return [{ at: event.at, level: event.level, hint: event.hint, eventId: event.id }];
  return [];
}

function quoted(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 120 ? line : `${line.slice(0, 119).toWellFormed()}…`;
}
