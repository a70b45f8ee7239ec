import type { ProviderEvent } from '../protocols/contract.ts';

/**
 * Reads the events of a stream that differ from one before them in their text only, as most do, without parsing them again: by comparing
 * what stands before and behind the text. Whatever is not certain is `undefined`, and has to be parsed.
 */
export class TextEvents {
  #event = '';
  #before: string | undefined;
  #behind = '';

  /** @param read what parsing the event gave. @returns whether others can be read by it */
  learn(event: string, data: string, read: ProviderEvent): boolean {
    const { text, tools, finish, last, usage, silent } = read;
    if (text === '' || tools || last || silent || finish !== undefined || usage !== undefined) return false;
    // Without escapes the text is written as it is, and where it is written once only, that is where it was read.
    if (data.includes('\\')) return false;
    const quoted = `"${text}"`;
    const at = data.indexOf(quoted);
    if (at < 0 || data.indexOf(quoted, at + 1) >= 0) return false;
    this.#event = event;
    this.#before = data.slice(0, at + 1);
    this.#behind = data.slice(at + quoted.length - 1);
    return true;
  }

  /** The text of an event that is otherwise the learnt one. */
  textOf(event: string, data: string): string | undefined {
    const before = this.#before;
    if (before === undefined || event !== this.#event || data.length <= before.length + this.#behind.length) return undefined;
    if (!data.startsWith(before) || !data.endsWith(this.#behind)) return undefined;
    const text = data.slice(before.length, data.length - this.#behind.length);
    return isPlain(text) ? text : undefined;
  }
}

/** Whether a text stands for itself between the quotes of JSON. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // Control characters, the quote, the backslash.
    if (unit < 32 || unit === 34 || unit === 92) return false;
  }
  return true;
}
