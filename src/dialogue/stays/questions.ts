/** How the parts of a stay are asked for, in both languages. */
import type { Language } from '../../language/contract.ts';
import { fullDay, shortDay } from '../phrases/format.ts';
import type { SlotTurn } from '../slots.ts';
import type { MissingOfStay, StayDraft, StayProblem } from './contract.ts';
import { missingOf, nightsBetween } from './draft.ts';

type Asked = { text: string; options?: readonly string[] };

/** One question for each part that can be missing; `problem` says what is wrong and asks how it is meant. */
export type StayQuestions = Readonly<Record<MissingOfStay, (turn: SlotTurn, draft: StayDraft, again: boolean) => Asked>>;

const nightsOf = (count: number, language: Language): string =>
  language === 'es' ? `${count} ${count === 1 ? 'noche' : 'noches'}` : `${count} ${count === 1 ? 'night' : 'nights'}`;

const peopleOf = (count: number, language: Language): string =>
  language === 'es' ? `${count} ${count === 1 ? 'persona' : 'personas'}` : `${count} ${count === 1 ? 'person' : 'people'}`;

const both =
  (
    es: (draft: StayDraft, again: boolean, turn: SlotTurn) => string,
    en: (draft: StayDraft, again: boolean, turn: SlotTurn) => string,
  ) =>
  (turn: SlotTurn, draft: StayDraft, again: boolean): Asked => ({
    text: turn.say.language === 'es' ? es(draft, again, turn) : en(draft, again, turn),
  });

const questions: StayQuestions = {
  dates: both(
    ({ period, adults }, again) =>
      again
        ? 'Decime el día de llegada y el de salida; por ejemplo «del viernes al domingo» o «dos noches desde el viernes».'
        : `¿Para qué días miro la disponibilidad${period === undefined ? '' : ', de qué día a qué día'}${adults === undefined ? ', y cuántas personas son' : ` para ${peopleOf(adults, 'es')}`}?`,
    ({ period, adults }, again) =>
      again
        ? 'Tell me the day you arrive and the day you leave, for example "from Friday to Sunday" or "two nights from Friday".'
        : `For which dates shall I check availability${period === undefined ? '' : ', from which day to which'}${adults === undefined ? ', and how many people' : ` for ${peopleOf(adults, 'en')}`}?`,
  ),
  checkIn: both(
    ({ nights }) => (nights === undefined ? '¿Qué día llegás?' : `¿Desde qué día serían ${nightsOf(nights, 'es')}?`),
    ({ nights }) => (nights === undefined ? 'What day do you arrive?' : `From what day would the ${nightsOf(nights, 'en')} be?`),
  ),
  checkOut: both(
    ({ checkIn = '', adults }, again, { now }) =>
      again
        ? 'Decime cuántas noches se quedan, o el día de salida.'
        : `¿Cuántas noches, desde el ${fullDay(checkIn, now.date, 'es')}${adults === undefined ? ', y cuántas personas son' : `, para ${peopleOf(adults, 'es')}`}?`,
    ({ checkIn = '', adults }, again, { now }) =>
      again
        ? 'Tell me how many nights, or the day you leave.'
        : `How many nights, from ${fullDay(checkIn, now.date, 'en')}${adults === undefined ? ', and how many people' : `, for ${peopleOf(adults, 'en')}`}?`,
  ),
  guests: both(
    (_draft, again) => (again ? 'Decime cuántos adultos y, si vienen chicos, cuántos y de qué edad.' : '¿Para cuántas personas?'),
    (_draft, again) =>
      again ? 'Tell me how many adults and, if there are children, how many and how old.' : 'For how many people?',
  ),
  ages: both(
    ({ children = 0, ages = [] }) =>
      children - ages.length === 1 ? '¿Qué edad tiene el menor?' : `¿Qué edad tienen los ${children} chicos?`,
    ({ children = 0, ages = [] }) =>
      children - ages.length === 1 ? 'How old is the child?' : `How old are the ${children} children?`,
  ),
  problem: (turn, { problem }) => (problem === undefined ? { text: '' } : askAboutProblem(problem, turn)),
};

function askAboutProblem(problem: StayProblem, { say, now }: SlotTurn): Asked {
  const es = say.language === 'es';
  const day = (date: string): string => shortDay(date, now.date, say.language);
  switch (problem.kind) {
    case 'no-such-date':
      return {
        text: es
          ? `El «${problem.text}» no existe. ¿Qué día llegás y cuál te vas?`
          : `There is no "${problem.text}". What day do you arrive, and when do you leave?`,
      };
    case 'weekday-mismatch':
      return {
        text: `${say.weekdayMismatch(problem.text, problem.date, now.date)} ${es ? '¿Qué fecha es?' : 'Which date is it?'}`,
        ...(problem.date === undefined ? {} : { options: [day(problem.date)] }),
      };
    case 'past':
      return { text: es ? 'Esa fecha ya pasó. ¿Para qué días sería?' : 'That date has passed. Which dates would it be?' };
    case 'order':
      return {
        text: es
          ? `La salida (${day(problem.checkOut)}) quedaría antes de la llegada (${day(problem.checkIn)}). ¿De qué día a qué día es?`
          : `Check-out (${day(problem.checkOut)}) would be before check-in (${day(problem.checkIn)}). From what day to what day is it?`,
      };
    case 'too-long':
      return {
        text: es
          ? `Entendí ${nightsOf(problem.nights, 'es')}, y no tomo estadías tan largas por acá. ¿Cuántas noches son?`
          : `I understood ${nightsOf(problem.nights, 'en')}, which is longer than I book here. How many nights is it?`,
      };
    case 'contradiction': {
      const { checkIn, checkOut, nights } = problem;
      const between = nightsOf(nightsBetween(checkIn, checkOut), say.language);
      return {
        text: es
          ? `Del ${day(checkIn)} al ${day(checkOut)} son ${between}, y me dijiste ${nightsOf(nights, 'es')}. ¿Cuál vale?`
          : `From ${day(checkIn)} to ${day(checkOut)} is ${between}, and you said ${nightsOf(nights, 'en')}. Which is right?`,
        options: [between, nightsOf(nights, say.language)],
      };
    }
    case 'after-midnight': {
      const [before, on] = problem.nights;
      return {
        text: es
          ? `Llegando de madrugada, la noche que reservás es la anterior. ¿Es la noche del ${day(before)} o la del ${day(on)}?`
          : `Arriving after midnight, the night you book is the one before. Is it the night of ${day(before)} or that of ${day(on)}?`,
        options: [day(before), day(on)],
      };
    }
  }
}

/** Asks for what is missing. @param again in other words */
export function askForStay(turn: SlotTurn, draft: StayDraft, own: Partial<StayQuestions> = {}, again = false): Asked {
  const missing = missingOf(draft);
  if (missing === undefined) return { text: '' };
  return (own[missing] ?? questions[missing])(turn, draft, again);
}
