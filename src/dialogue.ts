/**
 * Conversations without a model: what a message means to an agent of one trade, and the trade of appointments and reservations.
 *
 * @packageDocumentation
 */
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
export { understand } from './dialogue/reservations/understand.ts';
export type { BaseIntent } from './language/contract.ts';
export type { CueTable } from './language/cue-table.ts';
export type { Decision, Domain, Findings, Judgement, Kind } from './language/domain.ts';
export type { StoredWeights } from './language/likelihood.ts';
export { foldText } from './language/text.ts';
export { createUnderstanding, type Understand } from './language/understanding.ts';
