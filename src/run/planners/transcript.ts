/**
 * Turns of a conversation as a model is shown them. A turn looks the same while it is under way and when later turns look back at it, so that a
 * prompt begins with the bytes of the one before it, and the provider's prompt cache has them.
 */
import type { LanguageModelV4Content, LanguageModelV4Message, LanguageModelV4ToolResultPart } from '@ai-sdk/provider';
import { addedText } from '../../llm/answers/joined-texts.ts';
import type { EarlierTurn } from '../../store/runs.ts';
import type { IdentifiedCall, Step } from '../../store/steps.ts';
import { boundedOutput } from '../../tools/bounded-output.ts';
import { readOutput } from '../../tools/read-output.ts';
import type { CallRecord, Spilled } from '../../vocabulary.ts';
import { cutAt } from './bounded-content.ts';
import { readArguments } from './call-arguments.ts';
import { textContent, type UserContent, userContentOf } from './model-messages.ts';

export type AssistantPart = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'][number];
type UserMessage = Extract<LanguageModelV4Message, { role: 'user' }>;

/**
 * What goes with a message of the user, each as a part of its own, so that what the user writes does not pass for it. Where a provider takes one
 * text only, they are joined: nothing that is decided depends on it.
 */
export interface Around {
  /** Before it: the summary of what is left out. */
  summary?: string | undefined;
  /** After it: when it came, and from whom. */
  note?: string | undefined;
}

export function userMessage(content: UserContent, { summary, note }: Around): UserMessage {
  const added = (text: string | undefined) =>
    text === undefined ? [] : textContent(text).map((part) => ({ ...part, providerOptions: addedText }));
  return { role: 'user', content: [...added(summary), ...content, ...added(note)] };
}

/** The note of a run, which its first model call keeps. */
export function storedNoteOf(steps: readonly Step[]): string | undefined {
  for (const step of steps) if (step.kind === 'model-call' && step.note !== undefined) return step.note;
  return undefined;
}

/** Ids of calls that a prompt has so far: providers refuse two alike, and some models count anew in each turn. */
export class CallIds {
  readonly #taken = new Set<string>();

  take(wanted: string): string {
    let id = wanted;
    for (let copy = 2; this.#taken.has(id); copy++) id = `${wanted}_${copy}`;
    this.#taken.add(id);
    return id;
  }
}

/** How earlier turns are shown. */
export interface Shown {
  calls: boolean;
  /** Bytes of JSON of one result, and of one text. */
  longest?: number | undefined;
}

/** What the user sent, without the bytes of pictures and files. */
export function toldContent({ text, parts }: Pick<EarlierTurn, 'text' | 'parts'>): UserContent {
  if (parts !== undefined) return userContentOf(parts);
  // Providers want a message of the user before each of the assistant's.
  return textContent(text ?? '[Nobody wrote. What follows, the agent sent by itself.]');
}

/** What a person of the workspace said in the agent's place: the customer heard it from the same side, and the agent must not take it for its own. */
function personMessages(
  { text, by }: EarlierTurn & { by: { name: string } },
  summary: string | undefined,
): LanguageModelV4Message[] {
  const said = `[Written by ${by.name === '' ? 'a person' : by.name} of the team, who had the conversation then; not by you.]\n${text}`;
  return [
    ...(summary === undefined ? [] : [userMessage([], { summary })]),
    { role: 'assistant', content: [{ type: 'text', text: said }] },
  ];
}

/**
 * A turn that is over: what was said, and between that the calls, each with its result.
 * @param content of the user's message; without it there are notes in place of pictures and files.
 */
export function earlierMessages(
  turn: EarlierTurn,
  shown: Shown,
  summary: string | undefined,
  ids: CallIds,
  content: UserContent = toldContent(turn),
): LanguageModelV4Message[] {
  const { calls, longest } = shown;
  const { by } = turn;
  const text = (whole: string) => (longest === undefined || whole.length <= longest ? whole : `${cutAt(whole, longest)}\n[…]`);
  if (by !== undefined) return personMessages({ ...turn, text: text(turn.text ?? ''), by }, summary);
  const said = content.map((part) => (part.type === 'text' ? { ...part, text: text(part.text) } : part));
  return [
    userMessage(said, { summary, note: storedNoteOf(turn.steps) }),
    ...(calls ? callMessages(turn.steps, ids, { turn: turn.turn, longest }) : []),
    ...(turn.reply === undefined
      ? []
      : [{ role: 'assistant' as const, content: [{ type: 'text' as const, text: text(turn.reply) }] }]),
  ];
}

/** @param over of a turn that is over: its number, and how long a result may be. */
export function callMessages(
  steps: readonly Step[],
  ids: CallIds,
  over?: { turn: number; longest?: number | undefined },
): LanguageModelV4Message[] {
  const results = new Map(steps.flatMap((step) => (step.kind === 'tool-call' ? [[step.record.callId, step.record] as const] : [])));
  return steps.flatMap((step): LanguageModelV4Message[] => {
    if (step.kind === 'guard') return step.verdict === 'retry' ? refusedMessages(step) : [];
    if ((step.kind !== 'model-call' && step.kind !== 'plan') || step.calls.length === 0) return [];
    const known = step.calls.map((call) => ({ call, id: ids.take(idOf(call, over?.turn)) }));
    const said = step.kind === 'model-call' ? step.content : [];
    return [
      {
        role: 'assistant',
        content: [...saidParts(said, over !== undefined), ...known.map(({ call, id }) => callPart(call, id, said))],
      },
      {
        role: 'tool',
        content: known.map(({ call, id }) => ({
          type: 'tool-result',
          toolCallId: id,
          toolName: call.tool,
          output: resultOf(results.get(call.callId), over?.longest),
        })),
      },
    ];
  });
}

/** A reply that the guard sent back, and what it found. */
function refusedMessages({ refused, finding = '' }: Extract<Step, { kind: 'guard' }>): LanguageModelV4Message[] {
  const text = `This reply was not sent, since a check found: ${finding}\nWrite the reply to the customer once more, without that fault.`;
  return [
    { role: 'assistant', content: [{ type: 'text', text: refused?.text ?? '' }] },
    { role: 'user', content: [{ type: 'text', text }] },
  ];
}

/** The flow planner's calls have no id of a model. */
function idOf({ modelCallId, callId }: IdentifiedCall, turn: number | undefined): string {
  return modelCallId ?? `turn_${turn ?? 0}_call_${callId.replaceAll('.', '_')}`;
}

/** What the model thought is shown to it within the same turn only, where its signature is needed. */
function saidParts(content: readonly LanguageModelV4Content[], over: boolean): AssistantPart[] {
  return content.flatMap((part): AssistantPart[] => {
    // Templates leave out what a model thought between tags, and so does what it is shown.
    if (part.type === 'reasoning' && (over || part.providerMetadata?.['timonel'] !== undefined)) return [];
    if (part.type !== 'text' && part.type !== 'reasoning') return [];
    return [{ type: part.type, text: part.text, ...optionsOf(part) }];
  });
}

function callPart(call: IdentifiedCall, id: string, said: readonly LanguageModelV4Content[]): AssistantPart {
  const part = said.find((each) => each.type === 'tool-call' && each.toolCallId === call.modelCallId);
  const input = part?.type === 'tool-call' ? readArguments(part.input).args : call.args;
  return { type: 'tool-call', toolCallId: id, toolName: call.tool, input, ...(part === undefined ? {} : optionsOf(part)) };
}

/** What a provider attached to its answer goes back to it: signatures of reasoning, for one. */
function optionsOf(part: LanguageModelV4Content) {
  return 'providerMetadata' in part && part.providerMetadata !== undefined ? { providerOptions: part.providerMetadata } : {};
}

/** How to read on where an output was cut. */
function wholeAt({ artifact, bytes }: Spilled): string {
  return `Cut. All ${bytes} bytes are in the artifact ${artifact} of this conversation; the tool ${readOutput.name} reads it from an offset on, where it is offered.`;
}

/** A call without a result is answered all the same: providers refuse a call that is not. */
function resultOf(call: CallRecord | undefined, longest: number | undefined): LanguageModelV4ToolResultPart['output'] {
  if (call === undefined) return { type: 'error-text', value: 'The call has no result.' };
  if (call.status === 'completed') {
    const value = longest === undefined ? (call.output ?? null) : boundedOutput(call.output ?? null, longest);
    return { type: 'json', value: call.spilled === undefined ? value : { output: value, whole: wholeAt(call.spilled) } };
  }
  const reason = call.reason === undefined ? '' : `: ${call.reason.en} / ${call.reason.es}`;
  return { type: 'error-text', value: `${call.status}${call.rule === undefined ? '' : ` by rule ${call.rule}`}${reason}` };
}
