/** Hears a message: understands it once per turn, and leaves out what is said and not meant. */
import type { ReferenceTime, TimeMention, UnderstandingContext } from '../language/contract.ts';
import { foldText, readablePart } from '../language/text.ts';
import { findTimeMentions } from '../language/time/mentions.ts';
import { localReference } from '../language/time/wall-clock.ts';
import type { FlowTurn } from './contract.ts';
import type { Memory } from './state.ts';
import type { Shape, Turn } from './turn.ts';

/** How a dialogue hears. */
export interface Hearing<S extends Shape> {
  memory: Memory<S['state']>;
  understand(text: string, context: UnderstandingContext<S['vocabulary']>): S['heard'];
  topics(folded: string): S['topics'];
  phrases: Readonly<Record<'es' | 'en', S['say']>>;
  /** What the dialogue keeps for the length of the turn; may change the state by what other planners did. */
  own(state: S['state'], input: FlowTurn<S['vocabulary']>): S['own'];
  /** Leaves out what is said and not meant, and adds what only the conversation tells. */
  refine?(heard: S['heard'], scene: Scene<S>): S['heard'];
}

/** What a refinement of what was heard can look at. */
export interface Scene<S extends Shape> {
  input: FlowTurn<S['vocabulary']>;
  folded: string;
  topics: S['topics'];
  now: ReferenceTime;
  state: S['state'];
}

/** "No mejor pedicura" has a pause that nobody types: without it the "no" would be about what follows. */
function withPauses(text: string): string {
  return text.replace(/^(\W*(?:ay |uy |ah )?no) (mejor|prefiero|en realidad|al final|perd[oó]n)\b/i, '$1, $2');
}

/** An answer to the question for a name or contact does not change the language of the conversation: "Laura Gómez", "ana at gmail dot com". */
function isNameOnly(text: string, email: string | undefined, awaiting: string | undefined): boolean {
  const most = email === undefined ? 3 : 8;
  return (awaiting === 'name' || awaiting === 'contact') && text.trim().split(/\s+/).length <= most;
}

/** Turns whose reading is kept: a turn is replayed for each of its calls, soon after each other. */
const mostReadings = 64;

/** Reads each message once, however often its turn is replayed. A reading is a function of its key, so a memo changes no result. */
class Readings<Heard> {
  readonly #kept = new WeakMap<object, Map<string, Heard>>();

  of(vocabulary: object, key: string, read: () => Heard): Heard {
    const own = this.#kept.get(vocabulary) ?? new Map<string, Heard>();
    this.#kept.set(vocabulary, own);
    const known = own.get(key);
    if (known !== undefined) return known;
    const heard = read();
    if (own.size >= mostReadings) own.delete(own.keys().next().value ?? '');
    own.set(key, heard);
    return heard;
  }
}

/** A person had the conversation since the last question was put: a "sí" answers them, not it. */
function forgetQuestion(state: Shape['state']): void {
  state.awaiting = undefined;
  state.personOffered = false;
  state.misunderstandings = 0;
}

/** Makes the function that begins a turn. */
export function createHearing<S extends Shape>(hearing: Hearing<S>): (whole: FlowTurn<S['vocabulary']>) => Turn<S> {
  const readings = new Readings<{ heard: S['heard']; topics: S['topics']; folded: string }>();
  return (whole) => {
    const text = readablePart(whole.text);
    const input = { ...whole, text };
    const state = hearing.memory.parse(input.state);
    const now = localReference(input.now, input.timeZone);
    const { vocabulary } = input;
    if (input.fromPeople !== undefined) forgetQuestion(state);
    const own = hearing.own(state, input);
    const { awaiting, language: before } = state;
    const read = readings.of(vocabulary, JSON.stringify([text, awaiting, before, now.date, now.time]), () => {
      const folded = foldText(text);
      const heard = hearing.understand(withPauses(text), { now, vocabulary, awaiting, language: before });
      return { heard, folded, topics: hearing.topics(folded) };
    });
    const { folded, topics } = read;
    const heard = hearing.refine?.(read.heard, { input, folded, topics, now, state }) ?? read.heard;
    const language = isNameOnly(text, heard.slots.email, awaiting) ? (before ?? heard.language) : heard.language;
    state.language = language;
    state.awaiting = undefined;
    const { personOffered } = state;
    state.personOffered = false;
    let mentions: readonly TimeMention[] | undefined;
    return {
      text,
      folded,
      mentions: () => {
        mentions ??= findTimeMentions(text, now, heard.language);
        return mentions;
      },
      now,
      instant: input.now,
      timeZone: input.timeZone,
      vocabulary,
      contact: input.contact,
      heard,
      topics,
      state,
      awaited: awaiting,
      confirmed: false,
      changed: false,
      lookedUp: false,
      personOffered,
      asides: [],
      parts: [],
      say: hearing.phrases[language],
      own,
    };
  };
}
