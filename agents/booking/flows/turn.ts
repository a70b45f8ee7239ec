/** The turns of this dialogue: see `Turn` of the dialogue layer for what every turn has. */
import type { ReservationTopics, ReservationUnderstanding, ReservationVocabulary, Turn as TurnOf } from '../../../src/dialogue.ts';
import type { Sentences } from './sentences/contract.ts';
import type { ConversationState } from './state.ts';

export interface BookingShape {
  heard: ReservationUnderstanding;
  state: ConversationState;
  say: Sentences;
  topics: ReservationTopics;
  vocabulary: ReservationVocabulary;
  own: {
    /** A slot was put on hold in this turn, or another planner's was taken over. */
    heldNow: boolean;
    /** The message was answered from the documents of the house. */
    quoted?: boolean;
    /** The last reply suggested a booking. */
    suggestedBefore: boolean;
  };
}

export type Turn = TurnOf<BookingShape>;

export { askFor, askToConfirm, type Ending, few, offerPerson, paragraph, tell, wants } from '../../../src/dialogue.ts';
