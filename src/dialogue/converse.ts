/** One turn from the message to the reply: the order in which a dialogue looks at a message, the same for every trade. */
import type { JsonValue } from '../vocabulary.ts';
import { advance, type Dialogue, isSame } from './ask.ts';
import { consult, mayBeAsked } from './consult.ts';
import type { DialogueKnowledge, FlowMove, FlowTurn } from './contract.ts';
import type { Escalate } from './escalate.ts';
import { createHearing, type Hearing } from './hear.ts';
import { explainRefusal, type Refusals } from './refusal.ts';
import { writeState } from './state.ts';
import { askFor, type Ending, joinParts, paragraph, type Shape, type Turn, tell, wants } from './turn.ts';
import { isPlainYes } from './yes.ts';

/** What a trade decides at each stage of a turn. */
export interface Stages<S extends Shape> extends Hearing<S> {
  escalate: Escalate<Turn<S>>;
  refusals: Omit<Refusals<Turn<S>>, 'escalate'>;
  /** Documents that are looked into where the rest of the dialogue does not know what a message means. */
  knowledge?: DialogueKnowledge;
  /**
   * A question, and what was understood of it is a guess: looked up in the documents before it is taken for what it may be. Only what is not
   * understood at all is looked up where this is absent.
   */
  guesses?(turn: Turn<S>): boolean;
  /** Misunderstandings in a row after which a person helps; 2 unless it says otherwise. */
  misunderstandings?: number;
  /** Nothing can be done here now: the reply that says so. */
  closed?(turn: Turn<S>): Ending | undefined;
  /** The customer gives up the task at hand and wants nothing in its place: the reply to that. */
  abandoned(turn: Turn<S>): Ending | undefined;
  /** Starts, keeps or changes the task as the message says. */
  settleTask(turn: Turn<S>): void;
  /** Takes what the message tells into the state. */
  absorb(turn: Turn<S>): void;
  /** What of the state a message can tell; {@link Turn.changed} where it differs afterwards. */
  told(state: S['state']): unknown;
  /** Says the same again, so that it is a yes to what was asked. */
  insists?(turn: Turn<S>): boolean;
  /** Asks something, so that its yes is none. */
  questions: readonly S['heard']['intent'][];
  /** Says what is wrong with the day or time that was heard. */
  impossible(turn: Turn<S>): Ending | undefined;
  /** Forgets what the customer wants to change, said in words only ("el día"). True where something was. */
  loosen(turn: Turn<S>): boolean;
  /** Answers to all that the message asks. */
  answers(turn: Turn<S>): Dialogue<string[]>;
  /** A word for what was told besides what was asked. */
  acknowledge?(turn: Turn<S>): void;
  understood(turn: Turn<S>): boolean;
  /** Goes on with the task at hand; without one, answers the kind of message it is. */
  goOn(turn: Turn<S>, answered: boolean): Dialogue<Ending>;
  /** The question in other words. */
  inOtherWords(turn: Turn<S>, awaiting: string): string;
  /** Quick answers beside a question that is asked again, and where nothing was asked. */
  optionsFor(turn: Turn<S>, awaiting: string | undefined): readonly string[];
  /** What a turn says whose change is already made, by this planner or by one that failed after it. */
  describeChange?(turn: Turn<S>, input: FlowTurn<S['vocabulary']>): Ending | undefined;
}

/** Pure: the same turn gives the same move. It starts over after every call, see `ask.ts`. */
export function createNext<S extends Shape>(stages: Stages<S>): (input: FlowTurn<S['vocabulary']>) => FlowMove {
  const hear = createHearing(stages);
  return (input) => {
    const turn = hear(input);
    const change = stages.describeChange?.(turn, input);
    if (change !== undefined) return reply(turn, change);
    let advanced = advance(converse(turn, stages), input.calls);
    if (advanced.kind === 'refused')
      advanced = advance(explainRefusal(turn, advanced.record, { ...stages.refusals, escalate: stages.escalate }), input.calls);
    if (advanced.kind === 'done') return reply(turn, advanced.result);
    // Nothing is settled before the turn ends: what was remembered stays as it was.
    if (advanced.kind === 'call') return { kind: 'call', calls: advanced.calls, state: input.state };
    return reply(turn, { text: turn.say.technicalTrouble(), outcome: 'replied' });
  };
}

function reply({ state, parts }: Turn, { text, options, outcome, awaiting, understood }: Ending): FlowMove {
  state.lastText = text;
  return {
    kind: 'reply',
    reply: {
      text,
      ...(parts.length === 0 ? {} : { parts }),
      ...(options === undefined || options.length === 0 ? {} : { options }),
    },
    outcome,
    ...(awaiting === undefined ? {} : { awaiting }),
    ...(understood === undefined ? {} : { understood }),
    state: writeState(state),
  };
}

function* converse<S extends Shape>(turn: Turn<S>, stages: Stages<S>): Dialogue<Ending> {
  const { heard, topics, state } = turn;
  if (heard.intent === 'handoff' && !topics.identity) {
    const answered = stages.guesses?.(turn) === true ? yield* answeredFromDocuments(turn, stages) : undefined;
    return answered ?? (yield* stages.escalate(turn, 'the customer asks for a person'));
  }
  if (turn.personOffered && heard.intent === 'confirm' && turn.awaited === undefined) {
    return yield* stages.escalate(turn, 'the customer accepts to be passed to a person');
  }
  const closed = stages.closed?.(turn);
  if (closed !== undefined) return closed;
  const abandoned = stages.abandoned(turn);
  if (abandoned !== undefined) {
    state.misunderstandings = 0;
    return abandoned;
  }
  if (stages.guesses?.(turn) === true) {
    const answered = yield* answeredFromDocuments(turn, stages);
    if (answered !== undefined) return answered;
  }
  const taskBefore = state.task;
  stages.settleTask(turn);
  const taskChanged = state.task !== taskBefore;
  // A store gives members back in an order of its own.
  const before = asJson(stages.told(state));
  stages.absorb(turn);
  turn.changed = !isSame(asJson(stages.told(state)), before);
  turn.confirmed = saysYes(turn, stages);
  const impossible = stages.impossible(turn);
  if (turn.awaited === 'choice' && !turn.changed && stages.loosen(turn)) turn.changed = true;
  const answers = turn.confirmed || turn.awaited === 'choice' ? [] : yield* stages.answers(turn);
  turn.asides.unshift(...answers);
  stages.acknowledge?.(turn);
  if (wants(turn, 'greeting') && turn.heard.intent !== 'greeting') turn.asides.unshift(turn.say.hello());
  if (!taskChanged && !stages.understood(turn))
    return (yield* answeredFromDocuments(turn, stages)) ?? (yield* misunderstood(turn, stages));
  if (turn.changed || turn.confirmed || answers.length > 0) state.misunderstandings = 0;
  const ending = impossible ?? (yield* stages.goOn(turn, answers.length > 0));
  return unlikeTheLast(turn, ending, stages);
}

const asJson = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;

/** A yes counts for what was asked, and only where the same message changes and asks nothing. */
function saysYes<S extends Shape>(turn: Turn<S>, stages: Stages<S>): boolean {
  const { heard, awaited, topics } = turn;
  if (awaited !== 'confirmation' || turn.changed || topics.noneOfThese) return false;
  const says = heard.intent === 'confirm' && isPlainYes(turn.text);
  return (says || stages.insists?.(turn) === true) && !wants(turn, 'deny', ...stages.questions);
}

/** Nobody is told the same twice running: the second time the question is put in other words. */
function unlikeTheLast<S extends Shape>(turn: Turn<S>, ending: Ending, stages: Stages<S>): Ending {
  const { state, say, asides, topics, heard } = turn;
  const full = joinParts(asides, ending.text);
  const again = ending.awaiting === undefined ? say.allIKnow() : stages.inOtherWords(turn, ending.awaiting);
  const courtesy = ending.awaiting === undefined && (topics.thanks || topics.bye || heard.intent === 'greeting');
  // Who asks to hear it again hears it again.
  const repeats = courtesy || topics.recap || heard.intent === 'repeat';
  const text = full === state.lastText && ending.outcome !== 'escalated' && !repeats ? joinParts(asides, again) : full;
  if (text !== full && ending.awaiting === undefined) state.personOffered = true;
  return { ...ending, text };
}

/** Asked only where the message means no task: a search is a round trip. What was waited for is asked again. */
function* answeredFromDocuments<S extends Shape>(turn: Turn<S>, stages: Stages<S>): Dialogue<Ending | undefined> {
  const { knowledge } = stages;
  if (knowledge === undefined || turn.lookedUp || !mayBeAsked(turn)) return undefined;
  turn.lookedUp = true;
  const quote = yield* consult(turn, knowledge);
  if (quote === undefined) return undefined;
  const { state, awaited } = turn;
  state.misunderstandings = 0;
  if (awaited === undefined) return tell(quote);
  const question = stages.inOtherWords(turn, awaited);
  return askFor(turn, awaited, paragraph(quote, question), stages.optionsFor(turn, awaited));
}

/** The first time it asks again in other words, with examples; in the end a person helps. */
function* misunderstood<S extends Shape>(turn: Turn<S>, stages: Stages<S>): Dialogue<Ending> {
  const { state, say, awaited, topics } = turn;
  state.misunderstandings += 1;
  if (state.misunderstandings >= (stages.misunderstandings ?? 2))
    return { ...(yield* stages.escalate(turn, 'not understood twice in a row')), understood: false };
  const lead = topics.question ? say.cannotAnswer() : say.notUnderstood();
  const options = stages.optionsFor(turn, awaited);
  const ending =
    awaited === undefined
      ? tell(paragraph(lead, topics.question ? say.whatICanDo() : say.lostThread()), [...options, say.short.person])
      : askFor(turn, awaited, paragraph(lead, stages.inOtherWords(turn, awaited)), options);
  return { ...ending, understood: false };
}
