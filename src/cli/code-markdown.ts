/** Markdown of a model in a terminal: blocks are written once they are whole, so that nothing on the screen is ever written over. */
import { styleText } from 'node:util';
import type { Token, Tokens } from 'marked';
import { terminalText, widthOf, wrapped } from './code-text.ts';

type Style = Parameters<typeof styleText>[0];

export interface MarkdownLook {
  columns: number;
  colours: boolean;
}

/** Lexes once the library is needed: other commands do without it. */
export async function openMarkdown(): Promise<(text: string) => Token[]> {
  const { lexer } = await import('marked');
  return (text) => lexer(text);
}

/** Collects what streams in, and gives out blocks that no later text can change. */
export class MarkdownStream {
  readonly #lex: (text: string) => Token[];
  #rest = '';

  constructor(lex: (text: string) => Token[]) {
    this.#lex = lex;
  }

  /** @returns the blocks that are whole now. */
  add(text: string): Token[] {
    this.#rest += text;
    // A block ends with an empty line; what is behind the last one may still go on.
    if (!/\n\s*\n/.test(this.#rest)) return [];
    const tokens = this.#lex(this.#rest);
    const open = tokens.findLastIndex(({ type }) => type !== 'space');
    if (open <= 0) return [];
    const whole = tokens.slice(0, open);
    this.#rest = this.#rest.slice(whole.reduce((length, { raw }) => length + raw.length, 0));
    return whole;
  }

  end(): Token[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest.trim() === '' ? [] : this.#lex(rest);
  }
}

/** Blocks as lines of a terminal, without a line feed at the end; empty where there is nothing to show. */
export function renderMarkdown(tokens: readonly Token[], look: MarkdownLook): string {
  return new Renderer(look).blocks(tokens, look.columns).join('\n').replace(/\n+$/, '');
}

class Renderer {
  readonly #colours: boolean;

  constructor({ colours }: MarkdownLook) {
    this.#colours = colours;
  }

  #styled(style: Style, text: string): string {
    return this.#colours ? styleText(style, text, { validateStream: false }) : text;
  }

  blocks(tokens: readonly Token[], columns: number): string[] {
    return tokens.flatMap((token) => this.#block(token, columns));
  }

  #block(token: Token, columns: number): string[] {
    switch (token.type) {
      case 'space':
        return [''];
      case 'heading':
        return [this.#styled('bold', wrapped(this.#inline(token.tokens ?? []), columns)), ''];
      case 'code':
        // Not wrapped: who copies it gets it as it is. A terminal breaks the line by itself.
        return [
          ...terminalText((token as Tokens.Code).text)
            .split('\n')
            .map((line) => `  ${this.#styled('cyan', line)}`),
          '',
        ];
      case 'hr':
        return [this.#styled('dim', '─'.repeat(Math.min(columns, 40))), ''];
      case 'blockquote':
        return this.blocks(token.tokens ?? [], columns - 2)
          .join('\n')
          .split('\n')
          .map((line) => `${this.#styled('dim', '│')} ${line}`);
      case 'list':
        return [...this.#list(token as Tokens.List, columns), ''];
      case 'table':
        return [...this.#table(token as Tokens.Table, columns), ''];
      case 'paragraph':
      case 'checkbox':
      case 'text':
        return [wrapped(this.#inline('tokens' in token && token.tokens !== undefined ? token.tokens : [token]), columns)];
      case 'def':
        return [];
      default:
        return [wrapped(terminalText(token.raw.trimEnd()), columns)];
    }
  }

  #list({ items, ordered, start }: Tokens.List, columns: number): string[] {
    return items.flatMap((item, index) => {
      const mark = `${ordered ? `${Number(start === '' ? 1 : start) + index}.` : '•'} `;
      const inner = this.blocks(item.tokens, columns - mark.length)
        .join('\n')
        .replace(/\n+$/, '')
        .split('\n');
      return inner.map((line, position) => (position === 0 ? mark : ' '.repeat(mark.length)) + line);
    });
  }

  /** With columns side by side where they fit; else each row as a list of its cells. */
  #table({ header, rows }: Tokens.Table, columns: number): string[] {
    const lines = [header, ...rows].map((row) => row.map((cell) => this.#inline(cell.tokens)));
    const widths = header.map((_cell, at) => Math.max(...lines.map((row) => widthOf(row[at] ?? ''))));
    const total = widths.reduce((sum, width) => sum + width + 3, -3);
    if (total > columns) {
      const [head = [], ...body] = lines;
      return body.flatMap((row) => row.map((cell, at) => wrapped(`${this.#styled('bold', head[at] ?? '')}: ${cell}`, columns)));
    }
    const drawn = lines.map((row) => row.map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - widthOf(cell))).join('   '));
    const [head = '', ...body] = drawn;
    return [this.#styled('bold', head), this.#styled('dim', '─'.repeat(Math.min(total, columns))), ...body];
  }

  #inline(tokens: readonly Token[]): string {
    return tokens.map((token) => this.#span(token)).join('');
  }

  #span(token: Token): string {
    switch (token.type) {
      case 'strong':
        return this.#styled('bold', this.#inline(token.tokens ?? []));
      case 'em':
        return this.#styled('italic', this.#inline(token.tokens ?? []));
      case 'del':
        return this.#styled('strikethrough', this.#inline(token.tokens ?? []));
      case 'checkbox':
        return (token as Tokens.Checkbox).checked ? '[x] ' : '[ ] ';
      case 'codespan':
        return this.#styled('cyan', terminalText((token as Tokens.Codespan).text));
      case 'br':
        return '\n';
      case 'link': {
        // The address is always seen: a text that names another one deceives nobody.
        const { href, text } = token as Tokens.Link;
        const shown = this.#inline(token.tokens ?? []);
        return href === text || href === `mailto:${text}` ? shown : `${shown} (${terminalText(href)})`;
      }
      case 'image':
        return terminalText(`[${(token as Tokens.Image).text}] (${(token as Tokens.Image).href})`);
      case 'escape':
        return terminalText((token as Tokens.Escape).text);
      case 'text':
        return token.tokens === undefined ? terminalText(String(token['text'])) : this.#inline(token.tokens);
      default:
        return terminalText(token.raw);
    }
  }
}
