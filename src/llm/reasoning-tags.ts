/**
 * Reasoning that a model writes into its text, between tags, as local models do: `<think>…</think>` and its like. It is told apart from the
 * answer, also where a tag is cut over deltas, so that it can be stored and is never shown.
 *
 * A tag counts at the beginning of the text or of a line, outside of code. Templates of some models write the opening tag themselves, so that
 * the answer begins with reasoning and only the closing tag comes.
 */

/** A piece of an answer. */
export interface Piece {
  type: 'text' | 'reasoning';
  text: string;
}

const names = '(?:think|thinking|thought|reasoning|reflection)';
const opening = new RegExp(`<${names}>|\\[THINK\\]`, 'i');
const closing = new RegExp(`</${names}>|\\[/THINK\\]`, 'i');
const longestTag = '</reflection>'.length;

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

  /** @param thinks the answer may begin with reasoning without a tag: nothing is shown before that is decided. */
  constructor(thinks: boolean) {
    this.#state = thinks ? 'undecided' : 'text';
  }

  /** What can be told of the text so far. */
  push(delta: string): Piece[] {
    this.#held += delta;
    const pieces: Piece[] = [];
    while (this.#step(pieces));
    return pieces;
  }

  /** What is left at the end of the answer. Reasoning that was not closed is reasoning; without any tag all is text. */
  end(): Piece[] {
    const rest = this.#held;
    this.#held = '';
    if (this.#state === 'undecided') this.#state = 'text';
    if (rest === '') return [];
    return this.#state === 'reasoning' ? [{ type: 'reasoning', text: rest }] : this.#shown(rest);
  }

  /** @returns whether another step may find something. */
  #step(pieces: Piece[]): boolean {
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
      const safe = this.#held.length - (longestTag - 1);
      if (safe <= 0) return false;
      pieces.push({ type: 'reasoning', text: this.#held.slice(0, safe) });
      this.#held = this.#held.slice(safe);
      return false;
    }
    if (found.index > 0) pieces.push({ type: 'reasoning', text: this.#held.slice(0, found.index) });
    this.#held = this.#held.slice(found.index + found[0].length);
    this.#state = 'text';
    this.#line = '';
    return true;
  }

  #readText(pieces: Piece[]): boolean {
    if (this.#held === '') return false;
    // Line by line: whether a tag counts depends on what stands before it.
    const end = this.#held.indexOf('\n');
    const line = end < 0 ? this.#held : this.#held.slice(0, end + 1);
    if (!this.#inCode && this.#line.trim() === '') {
      const begun = line.trimStart();
      const opened = opening.exec(begun);
      if (opened?.index === 0) {
        this.#held = this.#held.slice(line.length - begun.length + opened[0].length);
        this.#state = 'reasoning';
        return true;
      }
      // The beginning of a tag, or of a line of which nothing is known yet.
      if (end < 0 && (begun === '' || isBegun(begun))) return false;
    }
    pieces.push(...this.#shown(line));
    this.#held = this.#held.slice(line.length);
    return this.#held !== '';
  }

  /** Text for the reader, without the blank lines that follow reasoning. */
  #shown(text: string): Piece[] {
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
  if (text.length >= longestTag) return false;
  return ['<think>', '<thinking>', '<thought>', '<reasoning>', '<reflection>', '[THINK]'].some((tag) =>
    tag.toLowerCase().startsWith(text.toLowerCase()),
  );
}
