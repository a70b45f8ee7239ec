/**
 * Conversations without a model: what a message means to an agent of one trade, and what is asked and said until its task is done.
 *
 * @module timonel/dialogue
 */
export { type Advance, advance, ask, askAll, askIfPossible, type Dialogue, type WantedCalls } from './dialogue/ask.ts';
export { type Composition, composeDialogue } from './dialogue/compose.ts';
export { consult } from './dialogue/consult.ts';
export type { DialogueKnowledge } from './dialogue/contract.ts';
export type { Stages } from './dialogue/converse.ts';
export { acknowledge, courtesyWords, smallTalk } from './dialogue/courtesy.ts';
export { type DialogueDefinition, defineDialogue } from './dialogue/define.ts';
export { defineDomain, type TradeDefinition } from './dialogue/domain.ts';
export { createEscalation, type Escalate, escalated, type HandOff } from './dialogue/escalate.ts';
export type { Hearing, Scene } from './dialogue/hear.ts';
export { impossibleMoment } from './dialogue/impossible.ts';
export { type StatedDate, statedDates } from './dialogue/moments.ts';
export type { Phrases, ShortPhrases } from './dialogue/phrases/contract.ts';
export { englishPhrases } from './dialogue/phrases/en.ts';
export { spanishPhrases } from './dialogue/phrases/es.ts';
export { capitalized, dayAndMonth, fullDay, joined, money, shortDay, weekdayName } from './dialogue/phrases/format.ts';
export { withinSentence, withSpanishArticle } from './dialogue/phrases/spanish-names.ts';
export { pickIndex } from './dialogue/pick.ts';
export type { Refusals } from './dialogue/refusal.ts';
export type {
  Awaiting,
  Intent,
  ReservationContext,
  ReservationKind,
  ReservationSlots,
  ReservationUnderstanding,
  ReservationVocabulary,
} from './dialogue/reservations/contract.ts';
export { intents as reservationIntents } from './dialogue/reservations/contract.ts';
export { reservations } from './dialogue/reservations/domain.ts';
export { exclude, refusesMoment } from './dialogue/reservations/excluded.ts';
export {
  absorbMoment,
  daysOf,
  forgetMoment,
  forgetTime,
  isBesidesThePoint,
  type Moment,
  type MomentShape,
  type MomentState,
  type MomentTurn,
  moment,
  onlyOne,
  settleMoment,
  shiftFrom,
} from './dialogue/reservations/moment.ts';
export { type OfferTurn, pickOffered } from './dialogue/reservations/offered.ts';
export { refineReservation } from './dialogue/reservations/sayings.ts';
export { type ReservationTopics, readCode, readShift, reservationExpressions } from './dialogue/reservations/topics.ts';
export { understand } from './dialogue/reservations/understand.ts';
export {
  choice,
  contact,
  date,
  people,
  personName,
  type Question,
  type Slot,
  type SlotShape,
  type SlotTurn,
  type Spoken,
  speak,
  text,
  thing,
  time,
} from './dialogue/slots.ts';
export { type BaseState, baseState, createMemory, type Memory, type SlotState } from './dialogue/state.ts';
export type {
  MissingOfStay,
  Party,
  Stay,
  StayDraft,
  StayProblem,
  StayReading,
  WantedRooms,
} from './dialogue/stays/contract.ts';
export { mergeStay, missingOf, nightsBetween, wholeStay } from './dialogue/stays/draft.ts';
export { longWeekend } from './dialogue/stays/long-weekends.ts';
export { askForStay, type StayQuestions } from './dialogue/stays/questions.ts';
export { readStay, type StayScene } from './dialogue/stays/read.ts';
export { absorbStay, keepStay, type StaySlot, stay, stayDraft } from './dialogue/stays/slot.ts';
export type { SlotValuesOf, Task } from './dialogue/task.ts';
export { createTopicReader, type Expressions, generalExpressions, type Topics } from './dialogue/topics.ts';
export {
  askFor,
  askToConfirm,
  type Ending,
  few,
  joinParts,
  offerPerson,
  type PlainShape,
  paragraph,
  type Shape,
  type Turn,
  tell,
  wants,
} from './dialogue/turn.ts';
export { beginsWithYes, isPlainYes } from './dialogue/yes.ts';
export type { BaseIntent } from './language/contract.ts';
export type { CueTable } from './language/cue-table.ts';
export type { Decision, Domain, Findings, Judgement, Kind } from './language/domain.ts';
export type { StoredWeights } from './language/likelihood.ts';
export { foldText } from './language/text.ts';
export { addDays, clockWithinDay, isoWeekday, isWithinPeriods, parseClockTime } from './language/time/calendar.ts';
export { localReference as localNow } from './language/time/wall-clock.ts';
export { createUnderstanding, type Understand } from './language/understanding.ts';
