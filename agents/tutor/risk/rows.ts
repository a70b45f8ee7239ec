import type { StudentEvent, StudentEventKind } from '../contract.ts';
import { tracesOf } from '../traces/trace.ts';
import type { RiskRow, RowFinding } from './contract.ts';

type EventOf<Kind extends StudentEventKind> = Extract<StudentEvent, { kind: Kind }>;

function only<Kind extends StudentEventKind>(events: readonly StudentEvent[], ...kinds: Kind[]): EventOf<Kind>[] {
  return events.filter((event): event is EventOf<Kind> => (kinds as readonly string[]).includes(event.kind));
}

/** Keeps the thresholds of a row typed by their names. */
function row<Thresholds extends Readonly<Record<string, number>>>(definition: RiskRow<Thresholds>): RiskRow {
  return {
    ...definition,
    read: (events, thresholds, now) => definition.read(events, { ...definition.thresholds, ...thresholds }, now),
  };
}

const idsOf = (events: readonly StudentEvent[]) => events.map(({ id }) => id);
const seconds = (from: StudentEvent, to: { at: Date }) => (to.at.getTime() - from.at.getTime()) / 1000;
const found = (signals: boolean, value: number, events: readonly StudentEvent[]): RowFinding =>
  signals ? { kind: 'signal', value, eventIds: idsOf(events) } : { kind: 'clear', value };
const without = (because: string): RowFinding => ({ kind: 'inconclusive', because });

const attempts = (events: readonly StudentEvent[]) => only(events, 'ran-tests', 'submitted');
const isFailure = (event: StudentEvent) =>
  (event.kind === 'ran-tests' && event.failed > 0) || (event.kind === 'submitted' && !event.passedAll);
const isHelp = (event: StudentEvent) => event.kind === 'hint-shown' || (event.kind === 'reply' && event.hint !== undefined);

export const riskRows: readonly RiskRow[] = [
  row({
    id: 'delegation',
    dimension: 'cognitive',
    level: 'high',
    thresholds: { requests: 3 },
    formula: 'messages that ask for the solution ≥ {requests}',
    title: { es: 'Pide la solución', en: 'Asks for the solution' },
    recommendation: {
      es: 'Conversen sobre qué parte del problema le cuesta empezar.',
      en: 'Talk about which part of the problem is hard to begin.',
    },
    read(events, { requests }) {
      const messages = only(events, 'message');
      if (messages.length === 0) return without('there are no messages');
      const asked = messages.filter(({ want }) => want === 'delegation');
      return found(asked.length >= requests, asked.length, asked);
    },
  }),
  row({
    id: 'help-dependency',
    dimension: 'cognitive',
    level: 'medium',
    thresholds: { share: 0.7, achievements: 3 },
    formula: 'share of achievements that came with help > {share}, of at least {achievements}',
    title: { es: 'Avanza sobre todo con ayuda', en: 'Moves forward mostly with help' },
    recommendation: {
      es: 'Propongan un ejercicio parecido para resolver sin ayuda.',
      en: 'Suggest a similar exercise to solve without help.',
    },
    read(events, { share, achievements }) {
      const { autonomy } = tracesOf(events);
      if (autonomy.kind === 'inconclusive' || autonomy.eventIds.length < achievements)
        return without('there are too few achievements');
      const value = 1 - autonomy.value;
      return value > share ? { kind: 'signal', value, eventIds: autonomy.eventIds } : { kind: 'clear', value };
    },
  }),
  row({
    id: 'lack-of-justification',
    dimension: 'cognitive',
    level: 'medium',
    thresholds: { share: 0.4, decisions: 3 },
    formula: 'decisions with a justification / decisions < {share}, of at least {decisions}',
    title: { es: 'Decide sin decir por qué', en: 'Decides without saying why' },
    recommendation: { es: 'Pregunten por las razones de una decisión concreta.', en: 'Ask for the reasons of one decision.' },
    read(events, { share, decisions }) {
      const { justified } = tracesOf(events);
      if (justified.kind === 'inconclusive' || justified.eventIds.length < decisions) return without('there are too few decisions');
      return justified.value < share
        ? { kind: 'signal', value: justified.value, eventIds: justified.eventIds }
        : { kind: 'clear', value: justified.value };
    },
  }),
  row({
    id: 'hint-dependency',
    dimension: 'cognitive',
    level: 'medium',
    thresholds: { hints: 4, attemptsPerHint: 3, leastHints: 3 },
    formula: 'hints > {hints}; or hints ≥ {leastHints} and attempts / hints ≤ {attemptsPerHint}',
    title: { es: 'Se apoya en las pistas', en: 'Leans on hints' },
    recommendation: {
      es: 'Acuerden un intento propio antes de la próxima pista.',
      en: 'Agree on one own attempt before the next hint.',
    },
    read(events, { hints, attemptsPerHint, leastHints }) {
      const shown = events.filter(isHelp);
      const tries = attempts(events).length;
      if (tries === 0 && shown.length === 0) return without('there are no attempts and no hints');
      const dependent = shown.length > hints || (shown.length >= leastHints && tries / shown.length <= attemptsPerHint);
      return found(dependent, shown.length, shown);
    },
  }),
  row({
    id: 'stuck',
    dimension: 'cognitive',
    level: 'medium',
    thresholds: { runs: 3 },
    formula: 'the last {runs} runs fail the same tests, and nothing has passed since',
    title: { es: 'Trabado en los mismos tests', en: 'Stuck on the same tests' },
    recommendation: { es: 'Miren juntos el primer test que falla.', en: 'Look at the first failing test together.' },
    read(events, { runs }) {
      const ran = only(events, 'ran-tests');
      if (ran.length < runs) return without(`there are fewer than ${runs} runs`);
      const last = ran.slice(-runs);
      const keys = new Set(last.map(({ failing }) => failing.toSorted().join(' ')));
      const passedSince = only(events, 'submitted').some(({ passedAll, at }) => passedAll && at >= (last[0]?.at ?? at));
      return found(keys.size === 1 && last.every(({ failed }) => failed > 0) && !passedSince, runs, last);
    },
  }),
  row({
    id: 'frustration',
    dimension: 'cognitive',
    level: 'medium',
    thresholds: { failures: 5, seconds: 120 },
    formula: '{failures} failures within {seconds} seconds',
    title: { es: 'Muchos fallos seguidos en poco tiempo', en: 'Many failures in a short time' },
    recommendation: { es: 'Sugieran una pausa y leer un error con calma.', en: 'Suggest a break, and one error read calmly.' },
    read(events, thresholds) {
      const tries = attempts(events);
      if (tries.length === 0) return without('there are no attempts');
      const failed = tries.filter(isFailure);
      for (let at = 0; at + thresholds.failures <= failed.length; at++) {
        const window = failed.slice(at, at + thresholds.failures);
        const [first, last] = [window[0], window.at(-1)];
        if (first !== undefined && last !== undefined && seconds(first, last) <= thresholds.seconds)
          return found(true, window.length, window);
      }
      return found(false, failed.length, []);
    },
  }),
  row({
    id: 'copy-paste',
    dimension: 'ethical',
    level: 'high',
    thresholds: { charactersPerSecond: 50, characters: 100 },
    formula: 'an edit of ≥ {characters} characters, faster than {charactersPerSecond} a second',
    title: { es: 'Un bloque de código entró de una vez', en: 'A block of code came in at once' },
    recommendation: {
      es: 'Pregunten de dónde viene el bloque y qué hace; puede ser su propio código de otro lado.',
      en: 'Ask where the block comes from and what it does; it may be their own from elsewhere.',
    },
    read(events, { charactersPerSecond, characters }) {
      const edits = only(events, 'edited');
      if (edits.length === 0) return without('edits are not recorded');
      const pasted = edits.filter(
        (each) =>
          each.insertedCharacters >= characters &&
          each.insertedCharacters / Math.max(0.001, each.milliseconds / 1000) > charactersPerSecond,
      );
      return found(pasted.length > 0, pasted.length, pasted);
    },
  }),
  row({
    id: 'code-after-reply',
    dimension: 'ethical',
    level: 'high',
    thresholds: { characters: 100, seconds: 5 },
    formula: 'an edit of > {characters} characters within {seconds} seconds after a message or a reply',
    title: { es: 'Código nuevo apenas después de un mensaje', en: 'New code right after a message' },
    recommendation: { es: 'Pidan que explique el código con sus palabras.', en: 'Ask for the code in their own words.' },
    read(events, { characters, seconds: within }) {
      const edits = only(events, 'edited');
      if (edits.length === 0) return without('edits are not recorded');
      const talk = only(events, 'message', 'reply');
      const fast = edits.filter(
        (edit) =>
          edit.insertedCharacters > characters && talk.some((each) => seconds(each, edit) >= 0 && seconds(each, edit) < within),
      );
      return found(fast.length > 0, fast.length, fast);
    },
  }),
  row({
    id: 'uncritical-acceptance',
    dimension: 'epistemic',
    level: 'medium',
    thresholds: { replies: 3 },
    formula: 'more than {replies} replies in a row without a run, a reason or a question about them',
    title: { es: 'Recibe respuestas sin ponerlas a prueba', en: 'Takes replies without trying them' },
    recommendation: {
      es: 'Inviten a probar una idea antes de pedir la siguiente.',
      en: 'Invite to try one idea before the next is asked for.',
    },
    read(events, { replies }) {
      const all = only(events, 'reply');
      if (all.length === 0) return without('there are no replies');
      let inRow: StudentEvent[] = [];
      let longest: StudentEvent[] = [];
      for (const event of events) {
        const tried = ['ran-tests', 'declared', 'submitted', 'edited', 'commit'].includes(event.kind);
        const critical =
          event.kind === 'message' && ['explanation', 'validation', 'metacognition', 'plan', 'confusion'].includes(event.want);
        if (event.kind === 'reply') inRow = [...inRow, event];
        else if (tried || critical) inRow = [];
        if (inRow.length > longest.length) longest = inRow;
      }
      return found(longest.length > replies, longest.length, longest);
    },
  }),
  row({
    id: 'repeated-question',
    dimension: 'epistemic',
    level: 'low',
    thresholds: { messages: 2, likeness: 0.7 },
    formula: 'more than {messages} messages that share > {likeness} of their words with an earlier one',
    title: { es: 'Repite la misma pregunta', en: 'Repeats the same question' },
    recommendation: { es: 'Prueben explicar el concepto de otra manera.', en: 'Try to explain the concept another way.' },
    read(events, { messages: most, likeness }) {
      const messages = only(events, 'message').filter(({ text }) => wordsOf(text).size >= 3);
      if (messages.length < 2) return without('there are fewer than two messages');
      const repeated = messages.filter((message, at) =>
        messages.slice(0, at).some((earlier) => jaccard(wordsOf(earlier.text), wordsOf(message.text)) > likeness),
      );
      return found(repeated.length > most, repeated.length, repeated);
    },
  }),
  row({
    id: 'risky-construct',
    dimension: 'technical',
    level: 'medium',
    thresholds: { places: 1 },
    formula: 'programs with SQL from pieces of text, a secret in the code or text that is run ≥ {places}',
    title: { es: 'Una construcción riesgosa en el código', en: 'A risky construct in the code' },
    recommendation: {
      es: 'Muestren por qué esa construcción es peligrosa y qué usar.',
      en: 'Show why the construct is dangerous and what to use.',
    },
    read(events, { places }) {
      const programs = only(events, 'ran-tests', 'submitted', 'edited').filter(({ code }) => code.trim() !== '');
      if (programs.length === 0) return without('there is no code');
      const risky = programs.filter(({ code }) => riskyConstruct.test(code));
      return found(risky.length >= places, risky.length, risky);
    },
  }),
  row({
    id: 'rapid-submission',
    dimension: 'technical',
    level: 'low',
    thresholds: { seconds: 3 },
    formula: 'a submission less than {seconds} seconds after the attempt before it',
    title: { es: 'Entregas muy seguidas', en: 'Submissions in quick succession' },
    recommendation: {
      es: 'Sugieran leer el resultado antes de volver a entregar.',
      en: 'Suggest reading the result before the next submission.',
    },
    read(events, thresholds) {
      const tries = attempts(events);
      if (only(tries, 'submitted').length === 0) return without('there are no submissions');
      const fast = tries.filter((each, at) => {
        const before = tries[at - 1];
        // A run that passes, and the submission of it, belong together.
        return each.kind === 'submitted' && before !== undefined && isFailure(before) && seconds(before, each) < thresholds.seconds;
      });
      return found(fast.length > 0, fast.length, fast);
    },
  }),
  row({
    id: 'long-session',
    dimension: 'governance',
    level: 'low',
    thresholds: { hours: 4, pauseMinutes: 30 },
    formula: 'work for more than {hours} hours without a pause of {pauseMinutes} minutes',
    title: { es: 'Sesión muy larga', en: 'Very long session' },
    recommendation: { es: 'Sugieran dividir el trabajo en varios días.', en: 'Suggest splitting the work over several days.' },
    read(events, { hours, pauseMinutes }) {
      const own = events.filter(({ kind }) => kind !== 'teacher');
      if (own.length < 2) return without('there are fewer than two events');
      let first = own[0];
      let longest = 0;
      let until: StudentEvent[] = [];
      for (const [at, event] of own.entries()) {
        const before = own[at - 1];
        if (before !== undefined && seconds(before, event) >= pauseMinutes * 60) first = event;
        const length = first === undefined ? 0 : seconds(first, event) / 3600;
        if (length > longest && first !== undefined) [longest, until] = [length, [first, event]];
      }
      return found(longest > hours, longest, until);
    },
  }),
  row({
    id: 'even-pace',
    dimension: 'governance',
    level: 'medium',
    thresholds: { events: 10, seconds: 5, variance: 1 },
    formula: 'more than {events} actions in a row, each within {seconds} seconds, with a variance below {variance}',
    title: { es: 'Acciones a un ritmo parejo', en: 'Actions at an even pace' },
    recommendation: {
      es: 'Pregunten cómo trabaja; puede ser una herramienta del editor.',
      en: 'Ask how they work; it may be a tool of the editor.',
    },
    read(events, { events: most, seconds: within, variance }) {
      const own = only(events, 'message', 'ran-tests', 'submitted', 'edited');
      if (own.length < 2) return without('there are fewer than two actions');
      for (let at = 0; at + most < own.length; at++) {
        const window = own.slice(at, at + most + 1);
        const gaps = window.slice(1).map((each, index) => seconds(window[index] ?? each, each));
        const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
        const spread = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
        if (gaps.every((gap) => gap < within) && spread < variance) return found(true, window.length, window);
      }
      return found(false, own.length, []);
    },
  }),
  row({
    id: 'refused-requests',
    dimension: 'governance',
    level: 'medium',
    thresholds: { refusals: 3 },
    formula: 'requests that the terms refuse ≥ {refusals}',
    title: { es: 'Pide lo que los términos no permiten', en: 'Asks for what the terms do not allow' },
    recommendation: {
      es: 'Repasen juntos qué ayuda da la actividad y por qué.',
      en: 'Go over what help the activity gives, and why.',
    },
    read(events, { refusals }) {
      if (only(events, 'message', 'refused').length === 0) return without('there are no requests');
      const refused = only(events, 'refused');
      return found(refused.length >= refusals, refused.length, refused);
    },
  }),
  row({
    id: 'idle',
    dimension: 'governance',
    level: 'low',
    thresholds: { seconds: 600, mostSeconds: 86_400 },
    formula: 'nothing for ≥ {seconds} seconds (and < {mostSeconds}: later it is another day) before the exercise is passed',
    title: { es: 'Sin actividad', en: 'Idle' },
    recommendation: { es: 'Pregunten si necesita ayuda para seguir.', en: 'Ask whether help is needed to go on.' },
    read(events, thresholds, now) {
      const own = events.filter(({ kind }) => kind !== 'teacher');
      if (own.length === 0) return without('there are no events');
      const done = own.findIndex((each) => each.kind === 'submitted' && each.passedAll);
      const open = done < 0 ? own : own.slice(0, done + 1);
      const pauses = open.flatMap((each, at) => {
        const next = open[at + 1] ?? (done < 0 ? { at: now } : undefined);
        const length = next === undefined ? 0 : seconds(each, next);
        return length >= thresholds.seconds && length < thresholds.mostSeconds ? [each] : [];
      });
      return found(pauses.length > 0, pauses.length, pauses);
    },
  }),
];

const riskyConstruct =
  /\b(?:eval|exec)\s*\(|\b(?:password|passwd|secret|api_?key|token|clave|contrasena)\s*=\s*["'][^"']{4,}["']|["'](?:select|insert|update|delete)\b[^"']*["']\s*(?:\+|%|\.format)|\bf["'](?:select|insert|update|delete)\b[^"']*\{|os\.system\(|shell\s*=\s*True/i;

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\d_]+/gu) ?? []);
}

function jaccard(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((word) => other.has(word)).length;
  const union = one.size + other.size - shared;
  return union === 0 ? 0 : shared / union;
}
