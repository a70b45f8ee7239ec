/** What the tutor does without a model: it reads what a student wants, runs their code, and gives the hints that the ladder has. */
import {
  type CallRecord,
  type FlowMove,
  type Flows,
  type FlowTurn,
  type JsonObject,
  type Reply,
  type Understanding,
  understoodAs,
} from '../../src/index.ts';
import type { Want } from './contract.ts';
import { isOffTopic } from './flows/off-topic.ts';
import {
  deskWish,
  foreignLanguage,
  languageOf,
  offersWish,
  pickExercise,
  type ReadMessage,
  readMessage,
  wantIn,
} from './flows/read.ts';
import { english, type Sentences, spanish } from './flows/sentences.ts';
import { wordAskedFor } from './help/glossary.ts';
import { asksForHelp, type DeskOutput, type HintOutput, type NotesOutput } from './help-tools.ts';
import { type SmallTalk, smallTalkOf } from './wants/small-talk.ts';
import type { RanOutput, ShownExercise, SubmittedOutput } from './work-tools.ts';

interface State {
  language: 'es' | 'en';
  awaiting?: 'exercise' | 'plan';
}

/** A message as the flow reads it. */
interface Heard extends ReadMessage {
  want: Want;
  state: State;
  say: Sentences;
}

export const flows: Flows = {
  understand(text): Understanding {
    const read = readMessage(text);
    const want = wantIn(read);
    const language = languageOf(read.words) ?? 'es';
    return understoodAs({
      language,
      intent: want,
      confidence: want === 'other' ? 0.4 : 0.9,
    });
  },
  next(turn) {
    const heard = hear(turn);
    const looked = lastOf(turn.calls, 'look_at_desk');
    if (looked === undefined) return call(heard, 'look_at_desk', {});
    if (looked.status !== 'completed') return say(heard, heard.say.failed);
    const desk = looked.output as unknown as DeskOutput;
    const done = turn.calls.at(-1);
    return done === undefined || done.tool === 'look_at_desk' ? begin(heard, desk) : goOn(heard, desk, done, turn.calls);
  },
};

function hear({ text, state, calls }: FlowTurn): Heard {
  const before = state as Partial<State>;
  const read = readMessage(text);
  const desk = lastOf(calls, 'look_at_desk')?.output as unknown as DeskOutput | undefined;
  const language = languageOf(read.words) ?? before.language ?? desk?.language ?? 'es';
  const awaiting = before.awaiting;
  return {
    ...read,
    want: wantIn(read),
    state: { language, ...(awaiting === undefined ? {} : { awaiting }) },
    say: language === 'es' ? spanish : english,
  };
}

/** What the message asks for, now that the desk is known. */
function begin(heard: Heard, desk: DeskOutput): FlowMove {
  const { words, code, want, say: s, state } = heard;
  if (heard.empty === true) return say(heard, s.empty);
  const wish = code === undefined ? deskWish(words) : undefined;
  const numbered = desk.exercise === null || state.awaiting === 'exercise' || wish === 'list';
  const picked = code === undefined ? pickExercise(words, desk.offers, numbered) : undefined;
  if (picked !== undefined && picked !== desk.exercise?.code) return call(heard, 'show_exercise', { exercise: picked });
  const talk = code === undefined ? smallTalkOf(words) : undefined;
  if (talk !== undefined && talk !== 'greeting') return talked(heard, desk, talk);
  if (wish === 'list' || (talk === 'greeting' && desk.exercise === null)) return offer(heard, desk, talk === 'greeting');
  if (desk.exercise === null) return offer(heard, desk, false, firstly(heard));
  // Its name in a question is no wish to read it once more.
  const named = picked !== undefined && (want === 'other' || want === 'small-talk' || words.split(/\s+/).length <= 4);
  if (named || wish === 'statement') return shown(heard, desk.exercise, desk.passed);
  if (talk === 'greeting') return say(heard, `${s.greeting}\n${s.exercise(desk.exercise, desk.passed)}\n\n${s.howTo}`);
  const foreign = code === undefined ? undefined : foreignLanguage(code, desk.exercise.language);
  if (foreign !== undefined)
    return say(heard, s.otherLanguage(foreign, languageNames[desk.exercise.language] ?? desk.exercise.language));
  const offers = code === undefined && want !== 'delegation' ? offersWish(words) : undefined;
  if (offers !== undefined) return call(heard, 'offers', { wanted: offers });
  const program: JsonObject = code === undefined ? {} : { code };
  if (want === 'submit') return call(heard, 'submit', program);
  if (code !== undefined || want === 'run-tests' || (want === 'validation' && desk.hasCode))
    return call(heard, 'run_tests', program);
  if (isPlan(heard)) return call(heard, 'declare_plan', { plan: words });
  if ((want === 'other' || want === 'explanation' || want === 'hint') && isOffTopic(words, desk.exercise))
    return say(heard, s.offTopic(desk.exercise.title));
  // There is nothing to help with any more; what a word means may still be asked.
  if (desk.passed && !['explanation', 'example', 'metacognition'].includes(want))
    return offer(heard, desk, false, s.passedAlready(desk.exercise.title));
  return call(heard, 'hint', { want, about: words.slice(0, 2_000) });
}

const languageNames: Readonly<Record<string, string>> = {
  python: 'Python',
  javascript: 'JavaScript',
  c: 'C',
  cpp: 'C++',
  java: 'Java',
};

/** Nothing can be done without an exercise; a word may be explained, and what the tutor does not do said at once. */
function firstly({ want, words, say: s }: Heard): string {
  const word = wordAskedFor(words)?.[s.language];
  if (word !== undefined) return word;
  return want === 'delegation' ? `${s.ownSolution} ${s.chooseFirst}` : s.chooseFirst;
}

/** What is no work is answered, and takes nobody up the ladder. */
function talked(heard: Heard, desk: DeskOutput, talk: Exclude<SmallTalk, 'greeting'>): FlowMove {
  const { say: s } = heard;
  const closing = talk === 'farewell' || talk === 'thanks' || talk === 'pause';
  if (closing) return say(heard, s.talk[talk]);
  if (desk.exercise === null) return offer(heard, desk, false, talk === 'abilities' || talk === 'who' ? s.talk[talk] : '');
  if (desk.passed && talk === 'agreed') return offer(heard, desk, false, s.passedAlready(desk.exercise.title));
  return say(heard, s.talk[talk]);
}

/** A plan that was told, or that was asked for. */
function isPlan({ want, state, words }: Heard): boolean {
  if (want === 'plan') return true;
  return (
    state.awaiting === 'plan' && words.length >= 30 && (want === 'other' || want === 'metacognition' || want === 'explanation')
  );
}

/** What became of the call. */
function goOn(heard: Heard, desk: DeskOutput, done: CallRecord, calls: readonly CallRecord[]): FlowMove {
  const { say: s, want } = heard;
  if (done.status === 'denied' && done.reason !== undefined) return say(heard, done.reason[s.language], 'denied');
  // Notes are more than was asked for: without them the hint stands alone.
  if (done.tool === 'course_notes' && done.status !== 'completed')
    return hinted(heard, lastOf(calls, 'hint')?.output as unknown as HintOutput, calls);
  if (done.status !== 'completed') return say(heard, s.failed);
  const output = done.output as unknown as { kind: string };
  switch (output.kind) {
    case 'shown':
      return opened(heard, output as unknown as { exercise: ShownExercise; passed: boolean });
    case 'not-found':
      return say({ ...heard, state: { ...heard.state, awaiting: 'exercise' } }, s.which);
    case 'no-exercise':
      return offer(heard, desk, false);
    case 'no-code':
      return say(heard, s.noCode);
    case 'sandbox-error':
      return say(heard, s.sandboxError);
    case 'pending':
      return say(heard, s.pending);
    case 'ran': {
      const ran = output as unknown as RanOutput;
      // With code and a question: what happened, then the hint.
      if (ran.failing.length > 0 && asksForHelp(want)) return call(heard, 'hint', { want, about: heard.words.slice(0, 2_000) });
      return say(heard, s.ran(ran));
    }
    case 'graded':
      return say(heard, s.graded(output as unknown as SubmittedOutput));
    case 'kept':
      return say(settled(heard), `${s.planKept} ${heard.code === undefined ? s.howTo : ''}`.trim());
    case 'offers':
      return say(heard, (output as unknown as { wanted: boolean }).wanted ? s.offersOn : s.offersOff);
    case 'too-short':
      return say(heard, s.planTooShort);
    case 'hint': {
      const { topic } = output as unknown as Extract<HintOutput, { kind: 'hint' }>;
      return topic === null ? hinted(heard, output as unknown as HintOutput, calls) : call(heard, 'course_notes', { query: topic });
    }
    case 'notes':
      return hinted(heard, lastOf(calls, 'hint')?.output as unknown as HintOutput, calls, output as unknown as NotesOutput);
    default:
      return hinted(heard, output as unknown as HintOutput, calls);
  }
}

function hinted(heard: Heard, output: HintOutput, calls: readonly CallRecord[], notes?: NotesOutput): FlowMove {
  const { say: s } = heard;
  if (output.kind === 'no-exercise') return say(heard, s.which);
  if (output.kind === 'limit') return say(heard, s.limit(output.until[s.language], output.limit));
  const ran = lastOf(calls, 'run_tests')?.output as unknown as RanOutput | undefined;
  const before =
    ran?.kind === 'ran'
      ? s.language === 'es'
        ? `Pasan ${ran.passed} de ${ran.total} tests visibles.`
        : `${ran.passed} of ${ran.total} visible tests pass.`
      : '';
  const note = notes?.note == null ? '' : s.note(notes.note);
  const text = [before, output.text[s.language], note].filter((each) => each !== '').join('\n');
  if (output.kind !== 'ask-plan') return say(settled(heard), text);
  return say({ ...heard, state: { ...heard.state, awaiting: 'plan' } }, text);
}

function offer(heard: Heard, { offers }: DeskOutput, greeted: boolean, first = ''): FlowMove {
  const { say: s } = heard;
  if (offers.length === 0) return say(heard, s.noOffers);
  const text = [greeted ? s.greeting : '', first, s.offers(offers)].filter((each) => each !== '').join('\n');
  const options = offers.slice(0, 10).map((_offer, at) => String(at + 1));
  return reply({ ...heard, state: { ...heard.state, awaiting: 'exercise' } }, { text, options }, 'awaiting_input');
}

function opened(heard: Heard, { exercise, passed }: { exercise: ShownExercise; passed: boolean }): FlowMove {
  return shown(settled(heard), exercise, passed);
}

function shown(heard: Heard, exercise: ShownExercise, passed: boolean): FlowMove {
  const { say: s } = heard;
  return say(heard, `${s.exercise(exercise, passed)}\n\n${s.howTo}`);
}

function settled(heard: Heard): Heard {
  return { ...heard, state: { language: heard.state.language } };
}

function say(heard: Heard, text: string, outcome: 'replied' | 'denied' = 'replied'): FlowMove {
  const { run, hint, submit, list } = heard.say.options;
  const { awaiting } = heard.state;
  if (awaiting === 'exercise') return reply(heard, { text }, 'awaiting_input');
  return reply(heard, { text, options: [run, hint, submit, list] }, awaiting === 'plan' ? 'awaiting_input' : outcome);
}

function reply(heard: Heard, said: Reply, outcome: 'replied' | 'denied' | 'awaiting_input'): FlowMove {
  const { awaiting } = heard.state;
  return { kind: 'reply', reply: said, outcome, ...(outcome === 'awaiting_input' ? { awaiting } : {}), state: stored(heard) };
}

function call(heard: Heard, tool: string, args: JsonObject): FlowMove {
  return { kind: 'call', calls: [{ tool, args }], state: stored(heard) };
}

function stored({ state: { language, awaiting } }: Heard): JsonObject {
  return { language, ...(awaiting === undefined ? {} : { awaiting }) };
}

function lastOf(calls: readonly CallRecord[], tool: string): CallRecord | undefined {
  return calls.findLast((each) => each.tool === tool);
}
