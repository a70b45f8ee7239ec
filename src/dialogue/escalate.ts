/** Passes a conversation to a person. */
import type { JsonValue } from '../vocabulary.ts';
import { ask, type Dialogue } from './ask.ts';
import type { Ending, Turn } from './turn.ts';

/** How a conversation is passed to a person. */
export interface HandOff {
  /** The tool that does it. */
  tool: string;
  /** Its input; `{ reason }` where nothing is said. `reason` ends in the customer's words and has at most 500 characters. */
  input?(reason: string): object;
  /** What the customer is told, by what the tool answered; that a person will answer where nothing is said. */
  says?(turn: Turn, output: JsonValue): string;
}

export type Escalate<T extends Turn = Turn> = (turn: T, reason: string) => Dialogue<Ending>;

const longestReason = 500;

/** Without a tool nobody is called: it is said what can be done here. */
export function createEscalation(handOff: HandOff | undefined): Escalate {
  return function* (turn, reason) {
    if (handOff === undefined) {
      turn.state.misunderstandings = 0;
      return { text: turn.say.whatICanDo(), outcome: 'replied' };
    }
    const told = `${reason}: ${turn.text}`.slice(0, longestReason);
    const output = yield* ask(handOff.tool, handOff.input?.(told) ?? { reason: told });
    const said = handOff.says?.(turn, output);
    return { ...escalated(turn), ...(said === undefined ? {} : { text: said }) };
  };
}

/** What was known stays known: the person may be slow, and the customer may go on here meanwhile. */
export function escalated({ state, say }: Turn): Ending {
  state.misunderstandings = 0;
  return { text: say.escalated(), outcome: 'escalated' };
}
