/** What stands on a screen, as a terminal draws it. */
import { PassThrough } from 'node:stream';
import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { Screen } from './code-screen.ts';
import { terminalText } from './code-text.ts';

/** What a terminal of so many columns has on it: its lines, and whether one had to be broken by the terminal itself. */
async function drawn(columns: number, show: (screen: Screen) => void | Promise<void>) {
  const output = Object.assign(new PassThrough(), { columns, isTTY: true });
  const screen = new Screen(output, 'en', true);
  await screen.open();
  await show(screen);
  output.end();
  const bytes = Buffer.concat(await output.toArray()).toString();
  const terminal = new xterm.Terminal({ cols: columns, rows: 50, scrollback: 5_000, allowProposedApi: true, convertEol: true });
  let title = '';
  terminal.onTitleChange((text) => {
    title = text;
  });
  await new Promise<void>((resolve) => terminal.write(bytes, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: active.length }, (_empty, at) => active.getLine(at));
  return {
    text: lines.map((line) => line?.translateToString(true) ?? '').join('\n'),
    broken: lines.filter((line) => line?.isWrapped === true).length,
    title,
    bytes,
  };
}

const markdown = `# Título con 漢字 y 🚀

Un párrafo **largo** con \`código\`, 日本語のテキスト, and a [link](https://example.com/a/very/long/path/that/goes/on/and/on) in it. ${'palabra '.repeat(30)}

- uno
- dos con ${'más '.repeat(20)}
  1. anidado
  2. [ ] otro

| a | b |
|---|---|
| 1 | ${'x'.repeat(60)} |

> citado ${'y '.repeat(40)}

Fin.
`;

describe('a reply', () => {
  it.each([20, 21, 40, 57, 80, 120, 200])('fits a terminal of %i columns, wide characters too', async (columns) => {
    const { text, broken } = await drawn(columns, (screen) => {
      for (const piece of markdown.match(/[\s\S]{1,5}/gu) ?? []) screen.reply(piece);
      screen.endTurn(markdown);
    });
    expect(broken).toBe(0);
    const flat = text.replace(/[\s│]+/g, '');
    for (const part of ['Títulocon漢字', '日本語のテキスト', 'https://example.com/a/very/long/path', '2.[]otro', 'Fin.'])
      expect(flat).toContain(part);
    // What was streamed is there once.
    expect(flat.match(/Fin\./g)).toHaveLength(1);
  });

  it('is the same, however it was cut while it streamed', async () => {
    const whole = await drawn(80, (screen) => screen.endTurn(markdown));
    for (const size of [1, 2, 3, 7, 50]) {
      const streamed = await drawn(80, (screen) => {
        for (let at = 0; at < markdown.length; at += size) screen.reply(markdown.slice(at, at + size));
        screen.endTurn(markdown);
      });
      expect(streamed.text).toBe(whole.text);
    }
  });
});

const hostile = 'a\u001b]0;owned\u0007b\u001b[2Jc\u009b31md\u202eevil\u2066x\rover\u0000\b\u200bz';

it('shows what a terminal would obey, and obeys none of it', async () => {
  expect(terminalText(hostile)).not.toMatch(/[^\n\P{Cc}]/u);
  const { text, title, bytes } = await drawn(80, (screen) => {
    screen.reply(`${hostile}\n\n`);
    screen.reply(`\`${hostile}\`\n\n\`\`\`\n${hostile}\n\`\`\`\n\n[${hostile}](http://x/${hostile})\n`);
    screen.endTurn('');
    screen.note(hostile);
    screen.fault(hostile);
    screen.diff(`+${hostile}\n`);
    screen.call({
      callId: '1',
      tool: 'run',
      args: { command: hostile },
      status: 'completed',
      output: { kind: 'ran', output: hostile, exitCode: 1, because: hostile },
    });
    screen.plan([{ text: hostile, state: 'doing' }]);
  });
  expect(title).toBe('');
  expect(text).toContain('\\u{1b}]0;owned\\u{7}');
  expect(text).toContain('\\u{202e}evil');
  // Only colours of our own.
  const own = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
  expect(bytes.replace(own, '')).not.toMatch(/[^\n\P{Cc}]/u);
});

it('shows a diff as it is, each line in its colour', async () => {
  const { text, bytes } = await drawn(60, (screen) => screen.diff('--- a/a\n+++ b/a\n@@ -1 +1 @@\n-old\r\n+new 漢字\n'));
  expect(text).toContain('-old␍');
  expect(text).toContain('+new 漢字');
  expect(bytes).toContain('\u001b[32m');
  expect(bytes).toContain('\u001b[31m');
});
