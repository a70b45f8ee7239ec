import type { Understanding, UnderstandingContext, Vocabulary } from '../language/contract.ts';
import type { Domain } from '../language/domain.ts';
import { createUnderstanding } from '../language/understanding.ts';
import type { Dialogue } from './ask.ts';
import { composeDialogue } from './compose.ts';
import type { DialogueKnowledge, Flows } from './contract.ts';
import { acknowledge } from './courtesy.ts';
import { createEscalation, type HandOff } from './escalate.ts';
import type { Scene } from './hear.ts';
import type { Phrases } from './phrases/contract.ts';
import { englishPhrases } from './phrases/en.ts';
import { spanishPhrases } from './phrases/es.ts';
import type { SlotShape, SlotTurn } from './slots.ts';
import { slotMemory } from './state.ts';
import type { Task, TaskSlots } from './task.ts';
import { createSlotStages } from './tasks.ts';
import { createTopicReader, generalExpressions } from './topics.ts';
import type { Ending } from './turn.ts';

/** A dialogue: what is understood, what is needed, what is done. */
export interface DialogueDefinition<S extends TaskSlots, N extends Readonly<Record<string, keyof S & string>>> {
  domain: Domain;
  vocabulary?: NonNullable<Flows['vocabulary']>;
  slots: S;
  tasks: { readonly [name in keyof N]: Task<S, N[name]> };
  /** Answers by the intent that asks, given beside whatever else the message wants. */
  questions?: Readonly<Record<string, (turn: SlotTurn) => Dialogue<string>>>;
  /** Documents that questions are answered from which nothing else here answers: word for word, and only where the evidence is strong. */
  knowledge?: DialogueKnowledge;
  /** What is said otherwise than every dialogue says it. */
  phrases?: { es?: Partial<Phrases>; en?: Partial<Phrases> };
  /** Adds what only the conversation tells to what was heard, before the message is looked at. Pure. */
  refine?(heard: Understanding, scene: Scene<SlotShape>): Understanding;
  /** Answers a message before its intents are looked at: a language that is not spoken, a voice note. */
  before?(turn: SlotTurn): Ending | undefined;
  /** How a person is called, and after how many misunderstandings in a row (2). Absent: nobody is. */
  handoff?: HandOff & { after?: number };
}

/**
 * Flows made of slots and tasks. The engine hears each message once, fills slots over turns and several in one message, takes corrections,
 * asks for a yes, answers questions in between, takes back, repeats, and passes to a person.
 *
 * @throws TypeError for a task that needs a slot that is not there, or an intent that the domain does not have
 */
export function defineDialogue<const S extends TaskSlots, const N extends Readonly<Record<string, keyof S & string>>>(
  definition: DialogueDefinition<S, N>,
): Flows {
  const { domain, vocabulary, knowledge, slots, questions = {}, phrases = {}, handoff, refine, before } = definition;
  const tasks = definition.tasks as unknown as Readonly<Record<string, Task<TaskSlots, string>>>;
  check(domain, slots, tasks, Object.keys(questions));
  const understandMessage = createUnderstanding<string, never>(domain as Domain<string, never>);
  const understand = (text: string, context: UnderstandingContext): Understanding => {
    const { awaiting } = context;
    return understandMessage(text, {
      ...context,
      awaiting: awaiting === undefined ? undefined : (slots[awaiting]?.awaits ?? awaiting),
    });
  };
  const escalate = createEscalation(handoff);
  return composeDialogue<SlotShape>({
    ...(vocabulary === undefined ? {} : { vocabulary }),
    ...(knowledge === undefined ? {} : { knowledge }),
    understand,
    memory: slotMemory,
    topics: createTopicReader(generalExpressions),
    phrases: { es: { ...spanishPhrases, ...phrases.es }, en: { ...englishPhrases, ...phrases.en } },
    own: () => ({}),
    ...(refine === undefined ? {} : { refine }),
    ...(before === undefined ? {} : { closed: before }),
    escalate,
    ...(handoff?.after === undefined ? {} : { misunderstandings: handoff.after }),
    refusals: { escalates: handoff?.tool },
    acknowledge: (turn) => acknowledge(turn, Object.keys(slots)),
    ...createSlotStages({ slots, tasks, questions }),
  }) as Flows<Vocabulary>;
}

function check(
  domain: Domain,
  slots: TaskSlots,
  tasks: Readonly<Record<string, Task<TaskSlots, string>>>,
  questions: readonly string[],
): void {
  const known = new Set<string>(domain.intents);
  const wrong = (what: string) => new TypeError(`Dialogue: ${what}`);
  for (const [name, { needs, intents = [name] }] of Object.entries(tasks)) {
    const slot = needs.find((need) => slots[need] === undefined);
    if (slot !== undefined) throw wrong(`the task "${name}" needs "${slot}". There are: ${Object.keys(slots).join(', ')}.`);
    const intent = intents.find((each) => !known.has(each));
    if (intent !== undefined)
      throw wrong(`no intent "${intent}" asks for the task "${name}". There are: ${[...known].join(', ')}.`);
  }
  const question = questions.find((each) => !known.has(each));
  if (question !== undefined) throw wrong(`"${question}" is answered and no intent. There are: ${[...known].join(', ')}.`);
}
