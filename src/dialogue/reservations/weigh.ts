import { outright } from '../../language/decide.ts';
import type { Decision, Findings } from '../../language/domain.ts';
import type { Scores } from '../../language/score.ts';
import { type Intent, intents } from './contract.ts';

/** Intents that ask for nothing to be done. */
const talk: ReadonlySet<Intent> = new Set(['greeting', 'confirm', 'deny', 'smalltalk', 'other']);
export const tasks: readonly Intent[] = intents.filter((intent) => !talk.has(intent));
const attack = 6;

type Slots = Findings['slots'];

/** How much the bare values speak for an appointment: "mañana a las 10" needs no verb. */
function evidenceOfSlots(slots: Slots, greeted: boolean): number {
  const contact = slots.name !== undefined || slots.email !== undefined || slots.phone !== undefined ? (greeted ? 1 : 1.8) : 0;
  const when =
    slots.date !== undefined || slots.time !== undefined || slots.timeRange !== undefined || slots.dateRange !== undefined ? 2 : 0;
  const both = slots.date !== undefined && slots.time !== undefined ? 0.6 : 0;
  const what = slots['service'] === undefined ? 0 : 1.6;
  const who = slots['staff'] === undefined ? 0 : 1.4;
  const people = slots.people === undefined ? 0 : 1.2;
  const parts = [contact, when + both, what, who, people].toSorted((left, right) => right - left);
  return parts.reduce((sum, part, index) => sum + part * (index === 0 ? 1 : 0.4), 0);
}

/** A stay or a party without an hour is a question ("para 3 personas del 10 al 15"). */
const asksForRoom = (slots: Slots): boolean =>
  slots.time === undefined &&
  slots['service'] === undefined &&
  slots.name === undefined &&
  slots.email === undefined &&
  (slots.dateRange?.to !== undefined || (slots.people !== undefined && slots.date === undefined));

/** Weighs the cues of a reservation by the values that the message names. */
export function weighReservation(scores: Scores<Intent>, findings: Findings): Map<Intent, number> {
  const weights = new Map(scores);
  const get = (intent: Intent): number => weights.get(intent) ?? 0;
  const add = (intent: Intent, amount: number): void => {
    weights.set(intent, Math.max(0, get(intent) + amount));
  };
  const { slots, awaiting } = findings;
  const evidence = Math.max(evidenceOfSlots(slots, get('greeting') > 0), findings.answered ? 2 : 0);
  const best = Math.max(0, ...tasks.map(get));

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
  if (findings.unknown && best < 2) add('book', 2);

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

/** "Quiero turno para hoy, ¿hay uno?" wants the appointment; whether there is one is asked on the way to it. */
export function wishBeforeQuestion(decision: Decision<Intent>, { slots }: Findings, scores: Scores<Intent>): Decision<Intent> {
  const { intent, alsoIntents } = decision;
  const { service, time, staff } = slots;
  const told = service !== undefined || time !== undefined || staff !== undefined || (scores.get('book') ?? 0) >= outright;
  if (intent !== 'availability' || !alsoIntents.includes('book') || !told) return decision;
  return { ...decision, intent: 'book', alsoIntents: ['availability', ...alsoIntents.filter((other) => other !== 'book')] };
}
