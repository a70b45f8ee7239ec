/** What a model said, within bounds: it is stored, sent to a customer, and shown to the model again. */
import type { LanguageModelV4Content } from '@ai-sdk/provider';
import { longestArguments } from './call-arguments.ts';

/** Characters of one answer's text, and of its reasoning. A model that writes more is repeating itself. */
export const longestAnswerText = 100_000;
const note = '\n[…]';

/** A part that is too long ends in a note. Reasoning that was cut loses its signature, which holds for the whole only. */
export function boundedContent(content: readonly LanguageModelV4Content[]): LanguageModelV4Content[] {
  const left = { text: longestAnswerText, reasoning: longestAnswerText };
  return content.map((part): LanguageModelV4Content => {
    if (part.type === 'tool-call')
      return part.input.length <= longestArguments ? part : { ...part, input: cutAt(part.input, longestArguments + 1) };
    if (part.type !== 'text' && part.type !== 'reasoning') return part;
    const room = left[part.type];
    left[part.type] = Math.max(0, room - part.text.length);
    return part.text.length <= room ? part : { type: part.type, text: `${cutAt(part.text, room)}${note}` };
  });
}

/** Passes text on until the bound: what a reader sees live begins like the reply. */
export function boundedText(onText: ((delta: string) => void) | undefined): typeof onText {
  if (onText === undefined) return undefined;
  let left = longestAnswerText;
  return (delta) => {
    if (left === 0) return;
    const part = cutAt(delta, left);
    left = part.length < delta.length ? 0 : left - part.length;
    if (part !== '') onText(part);
  };
}

/** Never between the halves of a character. */
export function cutAt(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}
