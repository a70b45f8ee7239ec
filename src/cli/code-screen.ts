/** What the terminal shows of a turn: text as it is written, calls as they are made, diffs, and a sign of life in between. */
import { styleText } from 'node:util';
import type { Ora } from 'ora';
import type { Language } from '../language/contract.ts';
import type { CallRecord, JsonObject } from '../vocabulary.ts';
import type { TerminalStreams } from './code-lines.ts';
import { MarkdownStream, openMarkdown, renderMarkdown } from './code-markdown.ts';
import { fitted, terminalText, wrapped } from './code-text.ts';
import { sentence } from './code-words.ts';
import { startSpinner } from './spinner.ts';

type Style = Parameters<typeof styleText>[0];

/** Lines of a diff that are shown; `git diff` shows the rest. */
const mostDiffLines = 120;

export class Screen {
  readonly language: Language;
  readonly #output: TerminalStreams['output'];
  readonly #colours: boolean;
  #markdown: MarkdownStream | undefined;
  #lex: Awaited<ReturnType<typeof openMarkdown>> | undefined;
  #spinner: Ora | undefined;
  #wrote = false;

  constructor(output: TerminalStreams['output'], language: Language, colours: boolean) {
    this.#output = output;
    this.language = language;
    this.#colours = colours;
  }

  /** The lexer of Markdown: before the first text. */
  async open(): Promise<void> {
    this.#lex = await openMarkdown();
  }

  get columns(): number {
    // Some terminals of containers say that they have none.
    const { columns } = this.#output;
    return columns === undefined || columns < 1 ? 80 : columns;
  }

  styled(style: Style, text: string): string {
    return this.#colours ? styleText(style, text, { validateStream: false }) : text;
  }

  /** Text of ours; what comes from elsewhere goes through {@link terminalText} first. */
  line(text = ''): void {
    this.#quiet();
    this.#output.write(`${wrapped(text, this.columns)}\n`);
  }

  /** Text that was made safe already, as it is. */
  raw(text: string): void {
    this.#quiet();
    this.#output.write(text);
  }

  note(text: string): void {
    this.line(this.styled('dim', terminalText(text)));
  }

  fault(text: string): void {
    this.line(this.styled('red', terminalText(text)));
  }

  busy(text: string): void {
    const shown = fitted(terminalText(text).replaceAll('\n', ' '), Math.max(10, this.columns - 4));
    if (this.#spinner !== undefined) this.#spinner.text = shown;
    else if (this.#output === process.stdout) this.#spinner = startSpinner(shown, { discardStdin: false });
  }

  #quiet(): void {
    this.#spinner?.stop();
    this.#spinner = undefined;
  }

  /** A part of a reply, as it is written. */
  reply(delta: string): void {
    if (this.#lex === undefined) return;
    this.#markdown ??= new MarkdownStream(this.#lex);
    this.#wrote = true;
    this.#blocks(this.#markdown.add(delta));
  }

  /** The text so far is whole. */
  endReply(): void {
    const rest = this.#markdown?.end() ?? [];
    this.#markdown = undefined;
    this.#blocks(rest);
  }

  /** The whole reply, where it was not written as it came. */
  endTurn(text: string): void {
    if (!this.#wrote && text !== '') this.reply(text);
    this.endReply();
    this.#wrote = false;
    this.#quiet();
  }

  /** Each block with an empty line behind it, whether it came alone or with others. */
  #blocks(tokens: Parameters<typeof renderMarkdown>[0]): void {
    for (const token of tokens) {
      const text = renderMarkdown([token], { columns: this.columns, colours: this.#colours });
      if (text.trim() === '') continue;
      this.#quiet();
      this.#output.write(`${text}\n\n`);
    }
  }

  /** One line of a call, and the diff of what it changed. */
  call({ tool, args, status, output, reason }: CallRecord): void {
    const failed = status !== 'completed' || answerOf(output)['kind'] === 'refused' || answerOf(output)['kind'] === 'failed';
    const mark = failed ? this.styled('red', '✗') : this.styled('green', '●');
    this.#quiet();
    this.#output.write(
      `${mark} ${fitted(terminalText(`${tool} ${summaryOf(tool, args)}`).replaceAll('\n', ' '), this.columns - 3)}\n`,
    );
    const answer = answerOf(output);
    if (reason !== undefined) this.note(`  ${sentence(this.language, 'denied', { reason: reason[this.language] })}`);
    if (Array.isArray(answer['because'])) for (const each of answer['because']) this.note(`  ${String(each)}`);
    else if (typeof answer['because'] === 'string') this.note(`  ${answer['because']}`);
    if (typeof answer['diff'] === 'string' && (tool === 'edit' || tool === 'write')) this.diff(answer['diff']);
    if (tool === 'edit' || tool === 'write') this.#faults(answerOf(answer['diagnostics'] ?? {}));
    if (tool === 'run' && typeof answer['output'] === 'string') this.#tail(answer['output'], answer['exitCode']);
    if (tool === 'plan' && Array.isArray(answer['steps'])) this.plan(answer['steps'] as { text: string; state: string }[]);
  }

  /** What is wrong since an edit, and who could not look. */
  #faults({ faults = [], more, notChecked = [] }: Record<string, unknown>): void {
    for (const each of faults as { path: string; line: number; severity: string; code: string; message: string; by: string }[]) {
      const { path, line, severity, code, message, by } = each;
      const text = `  ${severity === 'error' ? '✗' : '!'} ${path}:${line}  ${message.split('\n')[0] ?? ''} (${by}${code === '' || code === by ? '' : ` ${code}`})`;
      this.line(this.styled(severity === 'error' ? 'red' : 'dim', fitted(terminalText(text), this.columns - 1)));
    }
    if (typeof more === 'number') this.note(`  … ${more}`);
    for (const each of notChecked as string[]) this.note(`  ${each}`);
  }

  plan(steps: readonly { text: string; state: string }[]): void {
    for (const { text, state } of steps)
      this.line(terminalText(`  ${state === 'done' ? '[x]' : state === 'doing' ? '[>]' : '[ ]'} ${text}`));
  }

  /** The last lines of an output, and how it ended. */
  #tail(text: string, exitCode: unknown): void {
    const lines = terminalText(text.trimEnd()).split('\n');
    const shown = lines.slice(-6);
    if (lines.length > shown.length) this.#output.write(`${this.styled('dim', `  … ${lines.length - shown.length}`)}\n`);
    for (const line of shown) this.#output.write(`${this.styled('dim', `  ${fitted(line, this.columns - 3)}`)}\n`);
    if (exitCode !== 0) this.#output.write(`${this.styled('red', `  exit ${String(exitCode)}`)}\n`);
  }

  diff(text: string): void {
    this.#quiet();
    const lines = text.replace(/\n$/, '').split('\n');
    for (const line of lines.slice(0, mostDiffLines)) {
      const style: Style | undefined = line.startsWith('+')
        ? 'green'
        : line.startsWith('-')
          ? 'red'
          : line.startsWith('@@')
            ? 'cyan'
            : undefined;
      // Each character that is there is seen: a carriage return at the end of a line, too.
      const shown = wrapped(`  ${terminalText(line.replaceAll('\r', '␍'))}`, this.columns);
      this.#output.write(`${style === undefined ? shown : this.styled(style, shown)}\n`);
    }
    if (lines.length > mostDiffLines) this.note(`  … ${lines.length - mostDiffLines}`);
  }
}

function answerOf(output: unknown): Record<string, unknown> {
  return typeof output === 'object' && output !== null && !Array.isArray(output) ? (output as Record<string, unknown>) : {};
}

/** What a call is about, in a few words. */
export function summaryOf(tool: string, args: JsonObject): string {
  const text = (name: string) => (typeof args[name] === 'string' ? args[name] : '');
  switch (tool) {
    case 'run':
      return text('command');
    case 'git':
      return [text('action'), text('revision'), text('name'), text('message').split('\n')[0]]
        .filter((part) => part !== '')
        .join(' ');
    case 'search':
      return [text('pattern'), text('under')].filter((part) => part !== '').join(' in ');
    case 'remember':
    case 'forget':
      return text('fact');
    case 'mcp':
      return `mcp__${text('server')}__${text('tool')}`;
    case 'mcp_tools':
    case 'mcp_connect':
      return [text('server'), text('tool')].filter((part) => part !== '').join(' ');
    case 'edit':
      return Array.isArray(args['files'])
        ? (args['files'] as { path?: string }[]).map(({ path = '' }) => path).join(', ')
        : text('path');
    default:
      return text('path');
  }
}
