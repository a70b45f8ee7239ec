/** Passes the conversation to a person. */
import { ask, type Dialogue } from './dialogue.ts';
import type { Ending, Turn } from './turn.ts';

export function* escalate(turn: Turn, reason: string): Dialogue<Ending> {
  yield* ask('escalate_to_human', { reason: `${reason}: ${turn.text}`.slice(0, 500) });
  return escalated(turn);
}

/** What was known stays known: the person may be slow, and the customer may go on here meanwhile. */
export function escalated({ state, say }: Turn): Ending {
  state.misunderstandings = 0;
  return { text: say.escalated(), outcome: 'escalated' };
}
