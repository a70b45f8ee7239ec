/** What is one message of a terminal: a line, what stands between two fences, what was pasted at once, or a file. */
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';

/** Nobody types two lines within so many milliseconds: what comes that fast was pasted. */
const pasteMs = 40;
/** Characters of a file that a message takes. */
const mostOfFile = 90_000;

/** @param typed a person types: lines that come at once are one message. Otherwise each line is, outside of fences. */
export async function* messagesOf(lines: AsyncIterable<string>, typed: boolean): AsyncGenerator<string> {
  const source = lines[Symbol.asyncIterator]();
  let next = source.next();
  for (;;) {
    const { value: first, done } = await next;
    if (done === true) return;
    const message = [first];
    next = source.next();
    let fence = openFence(undefined, first);
    for (;;) {
      const more = fence === undefined ? typed && (await comesAtOnce(next)) : true;
      if (!more) break;
      const { value, done: over } = await next;
      if (over === true) break;
      message.push(value);
      fence = openFence(fence, value);
      next = source.next();
    }
    yield message.join('\n');
  }
}

/** The fence that a line leaves open: three backticks or tildes, which the same signs close. */
function openFence(open: string | undefined, line: string): string | undefined {
  const mark = /^\s*(```|~~~)/.exec(line)?.[1];
  if (mark === undefined) return open;
  if (open === undefined) return mark;
  return mark === open ? undefined : open;
}

/** An end of the input is no line that was pasted. */
async function comesAtOnce(next: Promise<IteratorResult<string>>): Promise<boolean> {
  const come = next.then(({ done }) => done !== true);
  return Promise.race([come, sleep(pasteMs, false)]);
}

const languages: Readonly<Record<string, string>> = {
  '.py': 'python',
  '.js': 'javascript',
  '.c': 'c',
  '.cpp': 'cpp',
  '.java': 'java',
};

/**
 * `/file main.py please submit`: the file, fenced, and the words after it. Anything else is as it was.
 * @throws Error where the file cannot be read: nothing is to be sent then
 */
export function withFile(message: string): string {
  const [, quoted, plain, words = ''] = /^\/file\s+(?:"([^"]+)"|(\S+))[ \t]*([^\n]*)$/.exec(message) ?? [];
  const path = quoted ?? plain;
  if (path === undefined) return message;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${path} was not sent, since it could not be read: ${messageOf(error)}`);
  }
  if (text.length > mostOfFile) throw new Error(`${path} was not sent: it has more than ${mostOfFile} characters.`);
  const fence = text.includes('```') ? '~~~' : '```';
  return `${words}\n${fence}${languages[extname(path)] ?? ''}\n${text.trimEnd()}\n${fence}`.trim();
}
