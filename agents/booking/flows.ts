/**
 * What the booking agent does without a model: a conversation in Spanish and English that finds, books, moves and cancels
 * appointments and answers what customers ask on the way.
 *
 * - `flows/hear.ts`, `flows/absorb.ts`: what the message says, taken into the state (`flows/state.ts`)
 * - `flows/converse.ts`: one turn; `flows/task.ts` decides to which task a message belongs
 * - `flows/book.ts`, `flows/appointments.ts`, `flows/answers.ts`: the tasks
 * - `flows/dialogue.ts`: how straight code asks tools and survives being stopped in between
 * - `flows/sentences/`: every sentence, in both languages
 */
import { type FlowMove, type Flows, type FlowTurn, understand } from '../../src/index.ts';
import { loadVocabulary } from './catalogue.ts';
import { converse, describeChange } from './flows/converse.ts';
import { type Advance, advance, changeMade } from './flows/dialogue.ts';
import { hear } from './flows/hear.ts';
import { explainRefusal } from './flows/refusal.ts';
import { writeState } from './flows/state.ts';
import type { Ending, Turn } from './flows/turn.ts';
import { sampleVocabulary } from './seed.ts';

/** Pure: the same turn gives the same move. See `flows/dialogue.ts` for why it starts over after every call. */
function next(input: FlowTurn): FlowMove {
  const turn = hear(input);
  const change = changeMade(input.calls);
  if (change !== undefined) return reply(turn, describeChange(turn, change));
  const advanced = advance(converse(turn), input.calls);
  if (advanced.kind !== 'refused') return toMove(input, turn, advanced);
  return toMove(input, turn, advance(explainRefusal(turn, advanced.record), input.calls));
}

function toMove(input: FlowTurn, turn: Turn, advanced: Advance<Ending>): FlowMove {
  if (advanced.kind === 'done') return reply(turn, advanced.result);
  // Nothing is settled before the turn ends: what was remembered stays as it was.
  if (advanced.kind === 'call') return { kind: 'call', calls: [advanced.call], state: input.state };
  return reply(turn, { text: turn.say.technicalTrouble(), outcome: 'replied' });
}

function reply(turn: Turn, { text, options, outcome, awaiting, understood }: Ending): FlowMove {
  turn.state.lastText = text;
  return {
    kind: 'reply',
    reply: { text, ...(options === undefined || options.length === 0 ? {} : { options }) },
    outcome,
    ...(awaiting === undefined ? {} : { awaiting }),
    ...(understood === undefined ? {} : { understood }),
    state: writeState(turn.state),
  };
}

export const flows: Flows = {
  vocabulary: { sample: sampleVocabulary, load: loadVocabulary },
  understand,
  next,
};
