/**
 * Reasoning that a model writes into its text, between tags, as local models do: `<think>…</think>` and its like. It is told apart from the
 * answer, also where a tag is cut over deltas, so that it can be stored and is never shown.
 *
 * A tag counts outside of code; one in the middle of a line only where it is closed. Templates of some models write the opening tag themselves,
 * so that the answer begins with reasoning and only the closing tag comes.
 */

/** A piece of an answer. */
export interface AnswerPiece {
  type: 'text' | 'reasoning';
  text: string;
}

const plainNames = ['think', 'thinking', 'thought', 'reasoning', 'reflection'];
const prefixes = ['', 'seed:', 'antml:'];
const names = `(?:${prefixes.join('|')})(?:${plainNames.join('|')})`;
const opening = new RegExp(String.raw`<${names}(?:\s[^<>\n]{0,60})?>|\[THINK\]|◁think▷|<\|begin_of_thought\|>`, 'i');
const closing = new RegExp(String.raw`</${names}\s{0,4}>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>`, 'i');
/** Openings without attributes: a text that one of them begins with may become a tag. */
const openings = [
  ...prefixes.flatMap((prefix) => plainNames.map((name) => `<${prefix}${name}>`)),
  '[think]',
  '◁think▷',
  '<|begin_of_thought|>',
];
const attributed = new RegExp(String.raw`^<${names}\s[^<>\n]{0,60}$`, 'i');
const longestTag = '<|end_of_thought|>'.length;

/** Models whose templates may write the opening tag, by their names. A target of a route says otherwise with `thinks`. */
const thinkers =
  /deepseek-?r1|r1-distill|qwq|qwen-?3(?!.*(instruct|coder))|magistral|thinking|phi-\d.*reason|glm-(4\.[1-9]|[5-9])|minimax-m|nemotron|smollm3|exaone-deep|hunyuan/i;

export function thinksByName(model: string): boolean {
  return thinkers.test(model) && !/no-?think|non-?(thinking|reasoning)/i.test(model);
}

export class ReasoningTags {
  /** `undecided`: the answer may have begun with reasoning. */
  #state: 'undecided' | 'text' | 'reasoning';
  #held = '';
  /** Of the line that is being written, what came so far; a tag counts where it is blank. */
  #line = '';
  #inCode = false;
  #wrote = false;
  /** The opening tag in the middle of a line, of which only its closing one says that it is a tag. */
  #doubtful: string | undefined;

  /** @param thinks the answer may begin with reasoning without a tag: nothing is shown before that is decided. */
  constructor(thinks: boolean) {
    this.#state = thinks ? 'undecided' : 'text';
  }

  /** What can be told of the text so far. */
  push(delta: string): AnswerPiece[] {
    this.#held += delta;
    const pieces: AnswerPiece[] = [];
    while (this.#step(pieces));
    return pieces;
  }

  /** What is left at the end of the answer. Reasoning that was not closed is reasoning; without any tag all is text. */
  end(): AnswerPiece[] {
    const rest = this.#held;
    this.#held = '';
    if (this.#state === 'undecided') this.#state = 'text';
    if (rest === '' && this.#doubtful === undefined) return [];
    if (this.#doubtful !== undefined) return this.#shown(this.#doubtful + rest);
    return this.#state === 'reasoning' ? [{ type: 'reasoning', text: rest }] : this.#shown(rest);
  }

  /** @returns whether another step may find something. */
  #step(pieces: AnswerPiece[]): boolean {
    if (this.#state === 'text') return this.#readText(pieces);
    const found = closing.exec(this.#held);
    if (this.#state === 'undecided') {
      const opened = opening.exec(this.#held);
      if (opened !== null && this.#held.slice(0, opened.index).trim() === '') {
        this.#held = this.#held.slice(opened.index + opened[0].length);
        this.#state = 'reasoning';
        return true;
      }
      if (found === null) return false;
    }
    if (found === null) {
      if (this.#doubtful !== undefined) return false;
      const safe = this.#held.length - (longestTag - 1);
      if (safe <= 0) return false;
      pieces.push({ type: 'reasoning', text: this.#held.slice(0, safe) });
      this.#held = this.#held.slice(safe);
      return false;
    }
    if (found.index > 0) pieces.push({ type: 'reasoning', text: this.#held.slice(0, found.index) });
    this.#held = this.#held.slice(found.index + found[0].length);
    this.#state = 'text';
    this.#doubtful = undefined;
    this.#line = '';
    return true;
  }

  #readText(pieces: AnswerPiece[]): boolean {
    if (this.#held === '') return false;
    // Line by line: whether a tag counts depends on what stands before it.
    const end = this.#held.indexOf('\n');
    const line = end < 0 ? this.#held : this.#held.slice(0, end + 1);
    if (!this.#inCode) {
      const opened = this.#opened(line);
      if (opened !== undefined) {
        const before = line.slice(0, opened.index);
        if ((this.#line + before).trim() !== '') {
          this.#doubtful = opened.tag;
          pieces.push(...this.#shown(before));
        }
        this.#held = this.#held.slice(opened.index + opened.tag.length);
        this.#state = 'reasoning';
        return true;
      }
      if (end < 0) {
        // A line of which nothing is known yet, or the beginning of a tag.
        if ((this.#line + line).trim() === '') return false;
        const begun = Math.max(line.lastIndexOf('<'), line.lastIndexOf('['), line.lastIndexOf('◁'));
        if (begun >= 0 && isBegun(line.slice(begun))) {
          const blank = (this.#line + line.slice(0, begun)).trim() === '';
          if (begun > 0 && !blank) {
            pieces.push(...this.#shown(line.slice(0, begun)));
            this.#held = line.slice(begun);
          }
          return false;
        }
      }
    }
    pieces.push(...this.#shown(line));
    this.#held = this.#held.slice(line.length);
    return this.#held !== '';
  }

  /** The first opening tag of the line that is not in code. */
  #opened(line: string): { tag: string; index: number } | undefined {
    for (const match of line.matchAll(new RegExp(opening, 'gi'))) {
      const ticks = (this.#line + line.slice(0, match.index)).split('`').length - 1;
      if (ticks % 2 === 0) return { tag: match[0], index: match.index };
    }
    return undefined;
  }

  /** Text for the reader, without the blank lines that follow reasoning. */
  #shown(text: string): AnswerPiece[] {
    for (const each of text.split(/(?<=\n)/)) {
      this.#line += each;
      if (!each.endsWith('\n')) continue;
      if (/^\s*(```|~~~)/.test(this.#line)) this.#inCode = !this.#inCode;
      this.#line = '';
    }
    const shown = this.#wrote ? text : text.trimStart();
    if (shown === '') return [];
    this.#wrote = true;
    return [{ type: 'text', text: shown }];
  }
}

/** Whether a text has a closing tag on a line of its own without an opening one before it: all before it was reasoning. */
export function closesOnly(text: string): boolean {
  const alone = new RegExp(`^[ \\t]*(?:${closing.source})[ \\t]*$`, 'im').exec(text);
  if (alone === null) return false;
  const before = text.slice(0, alone.index);
  return !opening.test(before) && (before.match(/^\s*(```|~~~)/gm) ?? []).length % 2 === 0;
}

/** Whether a text may be the beginning of an opening tag. */
function isBegun(text: string): boolean {
  const folded = text.toLowerCase();
  return openings.some((tag) => tag.startsWith(folded)) || attributed.test(text);
}
