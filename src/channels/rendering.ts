/** What channels have in common where a reply is cut into messages: pieces of text, and the form in which options are offered. */
import type { MediaPart } from '../vocabulary.ts';
import type { OutgoingContent } from './contract.ts';

/** Limits of a provider, in UTF-16 units: no provider counts a text as longer than that. */
export interface TextLimits {
  /** One text message. */
  text: number;
  /** Text above buttons or a list; 0 where there are none. */
  body: number;
  buttons: { most: number; title: number };
  list: { most: number; title: number; description: number };
  /** Longest option that comes back whole when it is chosen. */
  id: number;
}

export type Choice =
  | { kind: 'none' }
  | { kind: 'buttons'; options: string[] }
  | { kind: 'list'; rows: { id: string; title: string; description?: string }[] }
  | { kind: 'numbered'; options: string[] };

/** Without what no provider takes: half surrogate pairs, and the null character. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

/** Options as they can be offered: not empty, each once. */
export function offeredOptions(options: readonly string[] | undefined): string[] {
  const clean = (options ?? []).map((option) => cleanText(option).replace(/\s+/g, ' ').trim()).filter((option) => option !== '');
  return [...new Set(clean)];
}

/** Up to three short options are buttons, up to ten a list; what fits neither is numbered text, which has no limit. */
export function choiceOf({ text, options }: OutgoingContent, limits: TextLimits): Choice {
  const offered = offeredOptions(options);
  if (offered.length === 0) return { kind: 'none' };
  const fits = (most: number) =>
    offered.length <= most && text.trim() !== '' && text.length <= limits.body && offered.every((each) => each.length <= limits.id);
  if (fits(limits.buttons.most) && offered.every((each) => each.length <= limits.buttons.title))
    return { kind: 'buttons', options: offered };
  if (fits(limits.list.most)) {
    const rows = offered.map((option) =>
      option.length <= limits.list.title
        ? { id: option, title: option }
        : { id: option, title: shortened(option, limits.list.title), description: shortened(option, limits.list.description) },
    );
    // Two rows that look alike are no choice.
    const faces = new Set(rows.map(({ title, description = '' }) => `${title}\n${description}`));
    if (faces.size === rows.length && rows.every(({ id, description }) => description === undefined || description === id))
      return { kind: 'list', rows };
  }
  return { kind: 'numbered', options: offered };
}

/** The text with its options below it, numbered from 1. */
export function numberedText(text: string, options: readonly string[]): string {
  const lines = options.map((option, index) => `${index + 1}. ${option}`).join('\n');
  return text.trim() === '' ? lines : `${text.trimEnd()}\n\n${lines}`;
}

/**
 * The option that a typed number means, else the text itself. A text that is an option as it stands is that option: the options may be numbers.
 */
export function chosenOption(text: string, offered: readonly string[] | undefined): string {
  const typed = text.trim();
  if (offered === undefined || offered.includes(typed)) return text;
  const digits = /^(\d{1,2})[.)]?$/.exec(typed)?.[1];
  return (digits === undefined ? undefined : offered[Number(digits) - 1]) ?? text;
}

/**
 * The file that a text goes with as its caption: the only one, where the text is short and has no options. Sound takes no caption.
 */
export function captionedPart({ text, options, parts = [] }: OutgoingContent, longest: number): MediaPart | undefined {
  const media = parts.filter((part) => part.type !== 'location');
  const [only] = media;
  const short = text.trim() !== '' && text.length <= longest && offeredOptions(options).length === 0;
  return media.length === 1 && short && only !== undefined && only.type !== 'audio' ? only : undefined;
}

const graphemes = new Intl.Segmenter('es', { granularity: 'grapheme' });

/** At most so many UTF-16 units, without cutting a character that people see as one; the end is marked. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${headOf(text, most - 1).trimEnd()}…`;
}

/** The longest beginning of whole characters within so many UTF-16 units. */
function headOf(text: string, most: number): string {
  let end = 0;
  // A character of many parts may be longer than what is left: then its parts are cut apart, and no surrogate pair.
  for (const { segment, index } of graphemes.segment(text.slice(0, most + 64))) {
    if (index + segment.length > most) break;
    end = index + segment.length;
  }
  if (end === 0) end = /[\ud800-\udbff]/.test(text[most - 1] ?? '') ? most - 1 : most;
  return text.slice(0, end);
}

/** Pieces of up to so many UTF-16 units, cut between paragraphs, sentences or words where there are any. Blank text gives none. */
export function pieces(text: string, most: number): string[] {
  const cut: string[] = [];
  let rest = cleanText(text).trim();
  while (rest.length > most) {
    const head = headOf(rest, most);
    const least = head.length / 2;
    const at = [head.lastIndexOf('\n\n'), head.lastIndexOf('\n'), head.search(/[.!?…]\s\S*$/) + 1, head.lastIndexOf(' ')].find(
      (position) => position > least,
    );
    const piece = at === undefined ? head : head.slice(0, at);
    if (piece.trim() !== '') cut.push(piece.trim());
    rest = rest.slice(piece.length).trimStart();
  }
  if (rest !== '') cut.push(rest);
  return cut;
}
