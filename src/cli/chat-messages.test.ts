import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { messagesOf, withFile } from './chat-messages.ts';

async function* linesOf(...given: (string | number)[]): AsyncGenerator<string> {
  for (const each of given)
    if (typeof each === 'number') await sleep(each);
    else yield each;
}

async function all(messages: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const each of messages) found.push(each);
  return found;
}

it('takes each line of a pipe as a message, and what is fenced as one', async () => {
  expect(await all(messagesOf(linesOf('hello', 'run', '```python', 'def f():', '', '  return 1', '```', 'bye'), false))).toEqual([
    'hello',
    'run',
    '```python\ndef f():\n\n  return 1\n```',
    'bye',
  ]);
  expect(await all(messagesOf(linesOf('~~~', '```', 'x'), false))).toEqual(['~~~\n```\nx']);
});

it('takes what is pasted at once as a message, and what is typed line by line', async () => {
  expect(
    await all(messagesOf(linesOf('def f():', '', '  return 1', 150, 'run', 150, '```', 150, 'x = 1', 150, '```', 150, ''), true)),
  ).toEqual(['def f():\n\n  return 1', 'run', '```\nx = 1\n```', '']);
});

it('sends a file with the words after it, and says why it cannot', () => {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-chat-'));
  const path = join(folder, 'my main.py');
  writeFileSync(path, 'print(1)\n\n');
  expect(withFile(`/file "${path}" submit it`)).toBe('submit it\n```python\nprint(1)\n```');
  expect(withFile('/filename')).toBe('/filename');
  expect(() => withFile('/file nowhere.py')).toThrow(/nowhere\.py was not sent.*ENOENT/);
  rmSync(folder, { recursive: true });
});
