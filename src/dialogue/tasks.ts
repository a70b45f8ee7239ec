/** The stages of a dialogue that is made of slots and tasks. */
import type { JsonValue } from '../vocabulary.ts';
import type { Dialogue } from './ask.ts';
import type { Stages } from './converse.ts';
import { courtesyWords, smallTalk } from './courtesy.ts';
import { impossibleMoment } from './impossible.ts';
import { pickIndex } from './pick.ts';
import { type Slot, type SlotShape, type SlotTurn, speak } from './slots.ts';
import { slotMemory } from './state.ts';
import type { Task, TaskSlots } from './task.ts';
import { askFor, askToConfirm, type Ending, joinParts, paragraph, tell, wants } from './turn.ts';

interface Parts {
  slots: TaskSlots;
  tasks: Readonly<Record<string, Task<TaskSlots, string>>>;
  questions: Readonly<Record<string, (turn: SlotTurn) => Dialogue<string>>>;
}

type SlotStages = Omit<
  Stages<SlotShape>,
  'memory' | 'understand' | 'topics' | 'phrases' | 'own' | 'escalate' | 'refusals' | 'acknowledge' | 'misunderstandings'
>;

export function createSlotStages(parts: Parts): SlotStages {
  return {
    abandoned,
    settleTask: (turn) => settleTask(turn, parts),
    absorb: (turn) => absorb(turn, parts),
    told: ({ slots, customer, choices }) => [slots, customer, choices],
    questions: Object.keys(parts.questions),
    impossible: (turn) => impossible(turn, parts),
    loosen: (turn) => loosen(turn, parts),
    *answers(turn) {
      const answers: string[] = [];
      for (const [intent, answer] of Object.entries(parts.questions)) if (wants(turn, intent)) answers.push(yield* answer(turn));
      return answers;
    },
    understood: (turn) => isUnderstood(turn, parts),
    goOn: (turn, answered) => goOn(turn, answered, parts),
    inOtherWords: (turn, awaiting) => inOtherWords(turn, awaiting, parts),
    optionsFor: (turn, awaiting) => optionsFor(turn, awaiting, parts),
  };
}

function abandoned(turn: SlotTurn): Ending | undefined {
  const { state, topics, heard, awaited, say } = turn;
  if (state.task === undefined) return undefined;
  const refuses = heard.intent === 'deny' && awaited === 'choice';
  const told = Object.keys(heard.slots).length > 0;
  if (told || heard.correction || !(refuses || topics.abandons) || topics.keepsPrivate) return undefined;
  slotMemory.endTask(state);
  state.further = [];
  return tell(say.dropped());
}

/** Tasks that the message asks for, the strongest intent first. */
function tasksAskedFor({ heard }: SlotTurn, { tasks }: Parts): string[] {
  return [heard.intent, ...heard.alsoIntents].flatMap((intent) =>
    Object.entries(tasks).flatMap(([name, { intents = [name] }]) => (intents.includes(intent) ? [name] : [])),
  );
}

function settleTask(turn: SlotTurn, parts: Parts): void {
  const { state, heard } = turn;
  const asked = tasksAskedFor(turn, parts).filter((name, index, all) => all.indexOf(name) === index);
  const [first, ...others] = asked;
  if (first === undefined || heard.confidence < 0.5) return;
  if (state.task === undefined || !asked.includes(state.task)) {
    slotMemory.endTask(state);
    state.task = first;
    state.further = others;
  } else state.further = [...new Set([...state.further, ...asked.filter((name) => name !== state.task)])];
}

const needsOf = ({ state }: SlotTurn, { tasks }: Parts): readonly string[] => tasks[state.task ?? '']?.needs ?? [];

const knownValue = (turn: SlotTurn, name: string, { slots }: Parts): JsonValue | undefined =>
  turn.state.slots[name] ?? slots[name]?.known?.(turn);

function absorb(turn: SlotTurn, parts: Parts): void {
  const { state, heard, folded, awaited } = turn;
  const { phone, email } = heard.slots;
  if (heard.slots.name !== undefined) state.customer.name = heard.slots.name;
  if (phone !== undefined) state.customer.phone = phone;
  if (email !== undefined) state.customer.email = email;
  if (takesBack(turn)) {
    for (const filled of state.filled) delete state.slots[filled];
    state.filled = [];
    turn.asides.push(turn.say.undone());
    return;
  }
  const filled: string[] = [];
  const needs = needsOf(turn, parts);
  for (const need of needs) {
    const slot = parts.slots[need];
    if (slot === undefined || !takesAnswer(need, needs, turn, parts)) continue;
    const choices = state.choices[need];
    const picked = choices === undefined || awaited !== need ? undefined : pickIndex(folded, choices.length, { numbered: true });
    const value = slot.read(turn, awaited === need) ?? (picked === undefined ? undefined : choices?.[picked]);
    const readings = slot.readings?.(turn);
    if (value !== undefined) {
      state.slots[need] = value;
      delete state.choices[need];
      filled.push(need);
    } else if (readings !== undefined) {
      delete state.slots[need];
      state.choices[need] = [...readings];
    }
  }
  if (filled.length > 0) state.filled = filled;
}

const takesBack = ({ state, heard, topics }: SlotTurn): boolean =>
  state.filled.length > 0 && Object.keys(heard.slots).length === 0 && (heard.intent === 'undo' || topics.undo);

/** Of several slots that await the same the one that was asked for takes the answer, else the first that is open, else the last. */
function takesAnswer(need: string, needs: readonly string[], { awaited, state }: SlotTurn, { slots }: Parts): boolean {
  const alike = needs.filter((other) => slots[other]?.awaits === slots[need]?.awaits);
  const taker = alike.find((other) => other === awaited) ?? alike.find((other) => state.slots[other] === undefined) ?? alike.at(-1);
  return taker === need;
}

function impossible(turn: SlotTurn, parts: Parts): Ending | undefined {
  const dated = needsOf(turn, parts).find((need) => parts.slots[need]?.awaits === 'date');
  const timed = needsOf(turn, parts).some((need) => parts.slots[need]?.awaits === 'time');
  if (dated === undefined && !timed) return undefined;
  if (dated !== undefined && turn.heard.invalid.date !== undefined) delete turn.state.slots[dated];
  const ending = impossibleMoment(turn);
  return ending === undefined || dated === undefined ? ending : askFor(turn, dated, ending.text, ending.options);
}

/** Forgets the slot that the customer names ("el día"), so that it is asked again. */
function loosen(turn: SlotTurn, parts: Parts): boolean {
  const named = needsOf(turn, parts).find((need) => parts.slots[need]?.named?.test(turn.folded) === true);
  if (named === undefined) return false;
  delete turn.state.slots[named];
  const awaits = parts.slots[named]?.awaits;
  if (awaits === 'name') turn.state.customer.name = undefined;
  if (awaits === 'contact') {
    turn.state.customer.phone = undefined;
    turn.state.customer.email = undefined;
  }
  return true;
}

function isUnderstood(turn: SlotTurn, { questions, slots }: Parts): boolean {
  const { heard, topics, awaited, state } = turn;
  if (turn.changed || turn.confirmed || turn.asides.length > 0) return true;
  if (heard.invalid.date !== undefined || heard.invalid.time !== undefined) return true;
  if (awaited !== undefined && slots[awaited]?.insist?.(turn) !== undefined) return true;
  if (topics.later && awaited !== undefined) return true;
  if (Object.hasOwn(questions, heard.intent) || heard.confidence < 0.5) return false;
  if (heard.intent === 'smalltalk' && awaited !== undefined && turn.text.trim().split(/\s+/).length > courtesyWords) return false;
  if (heard.intent === 'repeat') return state.lastText !== undefined;
  if (heard.intent === 'confirm') return state.task === undefined || awaited === undefined;
  if (heard.intent === 'deny') return state.task === undefined || awaited === 'confirmation';
  return heard.intent !== 'other' && heard.intent !== 'undo';
}

function* goOn(turn: SlotTurn, answered: boolean, parts: Parts): Dialogue<Ending> {
  const { state, heard, awaited, topics, say } = turn;
  if (heard.intent === 'repeat' && !turn.changed && state.lastText !== undefined) {
    if (awaited === undefined) return tell(state.lastText);
    return askFor(turn, awaited, state.lastText, optionsFor(turn, awaited, parts));
  }
  if (state.task === undefined) return answered ? tell('') : smallTalk(turn, []);
  if (!turn.changed && heard.intent === 'deny' && awaited === 'confirmation')
    return askFor(turn, 'choice', say.whatToChange(), [say.short.leaveIt]);
  const courtesy = topics.thanks || ['greeting', 'thanks', 'goodbye', 'smalltalk'].includes(heard.intent);
  if (!turn.changed && !turn.confirmed && !answered && awaited !== undefined && courtesy)
    return askFor(turn, awaited, paragraph(topics.thanks ? say.thanks() : say.hello(), inOtherWords(turn, awaited, parts)));
  return yield* runTask(turn, parts);
}

/** Asks for the first thing that is missing, then for a yes, and does it; goes on with the next task that was asked for. */
function* runTask(turn: SlotTurn, parts: Parts): Dialogue<Ending> {
  const { state } = turn;
  const task = parts.tasks[state.task ?? ''];
  if (task === undefined) return tell('');
  const values: Record<string, JsonValue> = {};
  for (const need of task.needs) {
    const value = knownValue(turn, need, parts);
    if (value === undefined) return askForSlot(turn, need, parts);
    values[need] = value;
  }
  if (task.confirm !== undefined && !turn.confirmed) return askToConfirm(turn, speak(task.confirm, turn, values, turn));
  const ending = yield* task.run(turn, values);
  if (ending.awaiting !== undefined) return ending;
  slotMemory.endTask(state);
  const [next, ...others] = state.further;
  if (next === undefined) return ending;
  state.task = next;
  state.further = others;
  turn.confirmed = false;
  const following = yield* runTask(turn, parts);
  return { ...following, text: joinParts([ending.text], following.text) };
}

function askForSlot(turn: SlotTurn, need: string, { slots }: Parts): Ending {
  const { state, awaited, topics, say } = turn;
  const slot = slots[need];
  const choices = state.choices[need];
  if (choices !== undefined) return askFor(turn, need, say.askWhich(choices), choices);
  const insisting = awaited === need ? slot?.insist?.(turn) : undefined;
  if (insisting !== undefined) return askFor(turn, need, insisting);
  if (awaited === need && topics.later && !turn.changed) return askFor(turn, need, say.waitsFor(undefined));
  const { text = '', options } = slot?.ask(turn) ?? {};
  return askFor(turn, need, text, options);
}

function optionsFor(turn: SlotTurn, awaiting: string | undefined, { slots }: Parts): readonly string[] {
  if (awaiting === undefined) return [];
  if (awaiting === 'confirmation') return [turn.say.short.yes, turn.say.short.no];
  return turn.state.choices[awaiting] ?? slots[awaiting]?.ask(turn).options ?? [];
}

function inOtherWords(turn: SlotTurn, awaiting: string, { slots }: Parts): string {
  const slot = slots[awaiting];
  const choices = turn.state.choices[awaiting];
  if (choices !== undefined) return turn.say.askWhich(choices);
  return slot?.again?.(turn) ?? (slot === undefined ? turn.say.askAgain(awaiting) : askedOtherwise(turn, slot));
}

/** The layer's own words for what every dialogue asks; the slot's question for the rest. */
function askedOtherwise(turn: SlotTurn, slot: Slot): string {
  const general = ['date', 'time', 'name', 'contact'].includes(slot.awaits);
  return general ? turn.say.askAgain(slot.awaits) : paragraph(turn.say.askAgain(slot.awaits), slot.ask(turn).text);
}
