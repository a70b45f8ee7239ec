/** Marks of things to do, in comments. */
import type { Todo } from './contract.ts';

const mark = /^[\s/*#!<>;%-]*\b(TODO|FIXME|HACK|XXX|BUG)\b(?:\([^)]*\))?[\s:.–-]*(.*)$/;
const markWithin = /\b(TODO|FIXME|HACK|XXX|BUG)(?:\([^)]*\))?:\s*(.*)$/;

/** A mark begins a line of the comment, or is followed by a colon. `line` is that of the comment's beginning. */
export function todosInComment(comment: string, line: number): Omit<Todo, 'path'>[] {
  if (!/TODO|FIXME|HACK|XXX|BUG/.test(comment)) return [];
  return comment.split('\n').flatMap((each, at) => {
    const found = mark.exec(each) ?? markWithin.exec(each);
    if (found === null) return [];
    const text = (found[2] ?? '').replace(/\s*(\*\/|-->)\s*$/, '').trim();
    return [{ line: line + at, tag: found[1] ?? '', text: text.slice(0, 200) }];
  });
}

/** How many lines a comment has for itself: one behind code has none. */
export function commentLinesOf(text: string, start: number, comment: string): number {
  const lines = comment.replace(/\n$/, '').split('\n').length;
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return before.trim() === '' ? lines : lines - 1;
}
