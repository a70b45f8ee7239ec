import { type Awaiting, type Intent, intents, type Slots } from '../contract.ts';
import type { Scores } from './score.ts';

/** The intents of a message, strongest first, and how sure that is. */
export interface Decision {
  intent: Intent;
  confidence: number;
  alsoIntents: Intent[];
}

/** What was found beside the words of the cues. */
export interface Findings {
  slots: Slots;
  unknownService: boolean;
  awaiting: Awaiting | undefined;
  correcting: boolean;
  /** The message picks one of the choices that were offered. */
  choosing: boolean;
  /** An answer without a value: "cualquier día", or a date that cannot be. */
  answered: boolean;
  /** The message takes something back ("sí, pero …"). */
  reserved: boolean;
}

/** They only count where nobody wants anything. */
const light: ReadonlySet<Intent> = new Set(['greeting', 'smalltalk']);
const tasks: ReadonlySet<Intent> = new Set([
  'services',
  'prices',
  'hours',
  'promotions',
  'availability',
  'book',
  'reschedule',
  'cancel',
  'find',
  'handoff',
]);
/** A courtesy wins against anything weaker than this ("listo, gracias"). */
const outweighsCourtesy = 1.6;
/** "Nos vemos el viernes" takes leave, though it names a day. */
const farewell = 3.4;
const worthMentioning = 1.9;
const outright = 4.4;
const attack = 6;

/** How much the bare values speak for an appointment: "mañana a las 10" needs no verb. */
function evidenceOfSlots(slots: Slots, greeted: boolean): number {
  const contact = slots.name !== undefined || slots.email !== undefined || slots.phone !== undefined ? (greeted ? 1 : 1.8) : 0;
  const when =
    slots.date !== undefined || slots.time !== undefined || slots.timeRange !== undefined || slots.dateRange !== undefined ? 2 : 0;
  const both = slots.date !== undefined && slots.time !== undefined ? 0.6 : 0;
  const what = slots.service === undefined ? 0 : 1.6;
  const who = slots.staff === undefined ? 0 : 1.4;
  const people = slots.people === undefined ? 0 : 1.2;
  const parts = [contact, when + both, what, who, people].toSorted((left, right) => right - left);
  return parts.reduce((sum, part, index) => sum + part * (index === 0 ? 1 : 0.4), 0);
}

/** A stay or a party without an hour is a question ("para 3 personas del 10 al 15"). */
const asksForRoom = (slots: Slots): boolean =>
  slots.time === undefined &&
  slots.service === undefined &&
  slots.name === undefined &&
  slots.email === undefined &&
  (slots.dateRange?.to !== undefined || (slots.people !== undefined && slots.date === undefined));

function weigh(scores: Scores, findings: Findings): Map<Intent, number> {
  const weights = new Map(scores);
  const get = (intent: Intent): number => weights.get(intent) ?? 0;
  const add = (intent: Intent, amount: number): void => {
    weights.set(intent, Math.max(0, get(intent) + amount));
  };
  const { slots, awaiting } = findings;
  const evidence = Math.max(evidenceOfSlots(slots, get('greeting') > 0), findings.answered ? 2 : 0);
  const best = Math.max(0, ...[...tasks].map(get));

  const existing = Math.max(get('reschedule'), get('cancel'), get('find'));
  // "Quiero cancelar mi turno" speaks of a wish and an appointment too, but of one that exists.
  if (existing >= outright && get('book') > 0) add('book', -1.5);
  else if (get('book') >= 3) add('book', Math.min(1, evidence * 0.3));
  else if (evidence > 0 && best < 2.4) {
    const target = asksForRoom(slots) ? 'availability' : 'book';
    add(target, evidence);
  }
  // Who asks for the price of a haircut wants no appointment yet, unless he says so outright.
  if (get('prices') >= 4 && (scores.get('book') ?? 0) < 5) add('book', -1.2);
  if (findings.unknownService && best < 2) add('book', 2);

  if (awaiting === 'confirmation') {
    const replaced = (findings.correcting || findings.reserved) && evidence >= 1.4;
    if (replaced) add('book', 4);
    else {
      if (get('confirm') > 0 && !findings.reserved) add('confirm', 3);
      if (get('deny') > 0) add('deny', get('deny') >= 2 ? 3 : 1.5);
    }
  } else if ((evidence >= 1.4 || best >= 2.4) && get('confirm') <= 3.6) add('confirm', -1.6);
  // "Perfecto, quedamos así: viernes 15hs corte y barba" says too much to be a mere yes.
  if (evidence >= 3 && awaiting !== 'confirmation') add('confirm', -2);
  if (evidence >= 1.4 && awaiting !== 'confirmation') add('deny', -2.2);
  if (findings.choosing) add('confirm', 5);
  if (best >= outright && get('other') < attack - 0.6) add('other', -1.2);
  return weights;
}

/** What a certainty of the model is worth: the less the cues of tasks and answers say, the more. */
const pullBeside = (best: number): number => (best < 2.6 ? 6 : best < 4 ? 4 : 2.5);
/** Likelihood that brings in an intent that no cue speaks for, and the least that is worth a guess where no cue speaks at all. */
const sure = 0.5;
const worthGuessing = 0.2;
/** Nobody's appointment is touched on a mere guess. */
const grave: ReadonlySet<Intent> = new Set(['cancel', 'reschedule', 'confirm']);

/** Chooses the intent. Ties go to the order of {@link intents}. `likely` is asked only where it may change something. */
export function decide(scores: Scores, findings: Findings, likely: () => ReadonlyMap<Intent, number>): Decision {
  const weights = weigh(scores, findings);
  const silent = ![...weights.values()].some((weight) => weight > 0);
  // A bare answer to what was asked is read by its value alone.
  const said = findings.answered || Object.keys(findings.slots).length > 0;
  const answers = findings.choosing || (findings.awaiting !== undefined && said);
  if (silent) return answers ? undecided : guess(likely());
  if (!answers) lean(weights, scores, findings, likely());
  return wishBeforeQuestion(choose(weights, scores), findings.slots, scores);
}

/** "Quiero turno para hoy, ¿hay uno?" wants the appointment; whether there is one is asked on the way to it. */
function wishBeforeQuestion(decision: Decision, { service, time, staff }: Slots, scores: Scores): Decision {
  const { intent, alsoIntents } = decision;
  const told = service !== undefined || time !== undefined || staff !== undefined || (scores.get('book') ?? 0) >= outright;
  if (intent !== 'availability' || !alsoIntents.includes('book') || !told) return decision;
  return { ...decision, intent: 'book', alsoIntents: ['availability', ...alsoIntents.filter((other) => other !== 'book')] };
}

/** Adds what the model thinks. */
function lean(weights: Map<Intent, number>, scores: Scores, findings: Findings, likely: ReadonlyMap<Intent, number>): void {
  const add = (intent: Intent, amount: number): void => {
    weights.set(intent, (weights.get(intent) ?? 0) + amount);
  };
  const get = (intent: Intent): number => likely.get(intent) ?? 0;
  const best = Math.max(0, ...[...scores].map(([intent, weight]) => (light.has(intent) ? 0 : weight)));
  // "Listo, gracias" ends a conversation, and "hasta mañana" names no day: a courtesy is no task, whatever words it is made of.
  if ([...light].some((intent) => (scores.get(intent) ?? 0) >= farewell)) return;
  if (get('greeting') + get('smalltalk') >= sure) {
    const values = Object.keys(findings.slots).length > 0;
    if (findings.awaiting !== 'confirmation' && best < outright && !values)
      add(get('greeting') > get('smalltalk') ? 'greeting' : 'smalltalk', (get('greeting') + get('smalltalk')) * 4);
    return;
  }
  for (const [intent, likelihood] of likely) {
    if (!light.has(intent) && ((weights.get(intent) ?? 0) > 0 || likelihood > sure)) add(intent, likelihood * pullBeside(best));
  }
}

const undecided: Decision = { intent: 'other', confidence: 0.3, alsoIntents: [] };
const rounded = (confidence: number): number => Math.round(confidence * 100) / 100;

/** No cue speaks for anything: the model alone does, with what confidence it has. */
function guess(likely: ReadonlyMap<Intent, number>): Decision {
  const [best] = [...likely].toSorted(([, left], [, right]) => right - left);
  const least = grave.has(best?.[0] ?? 'other') ? sure : worthGuessing;
  if (best === undefined || best[0] === 'other' || best[1] < least) return undecided;
  return { intent: best[0], confidence: rounded(best[1] * 0.8), alsoIntents: [] };
}

function choose(weights: ReadonlyMap<Intent, number>, scores: Scores): Decision {
  const ranked = intents
    .map((intent) => ({ intent, weight: weights.get(intent) ?? 0 }))
    .filter(({ weight }) => weight > 0)
    .toSorted((left, right) => right.weight - left.weight);
  const weighty = ranked.find(({ intent, weight }) => weight >= (light.has(intent) ? farewell : outweighsCourtesy));
  const winner = weighty ?? ranked.find(({ intent }) => light.has(intent)) ?? ranked[0];
  if (winner === undefined) return undecided;
  const others = ranked.filter(({ intent, weight }) => intent !== winner.intent && intent !== 'other' && weight >= worthMentioning);
  const rival = others.find(({ intent }) => !light.has(intent));
  const close = rival !== undefined && tasks.has(rival.intent) && rival.weight > winner.weight * 0.9;
  const confidence = (winner.weight / (winner.weight + 1.1)) * (close ? 0.85 : 1);
  return {
    intent: winner.intent,
    confidence: rounded(confidence),
    alsoIntents: others.filter(({ intent }) => (scores.get(intent) ?? 0) >= worthMentioning).map(({ intent }) => intent),
  };
}
