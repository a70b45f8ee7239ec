import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { editsOf } from '../../bench/files/hunks.ts';
import { noises } from '../../bench/files/noise.ts';
import { mergeThreeWay, parseChanges, reversePlan } from '../../src/files.ts';
import { testProject } from './project.ts';

const word = fc.constantFrom(
  'alpha',
  'beta',
  'gamma',
  'niño',
  'cafe\u0301',
  '“quoted”',
  '"plain"',
  "it's",
  '—',
  'x = 1;',
  '{',
  '}',
  '\tinner',
  '日本',
);
const line = fc
  .tuple(fc.constantFrom('', '', '  ', '    ', '\t', '\t\t'), fc.array(word, { maxLength: 4 }), fc.constantFrom('', '', '', '  '))
  .map(([indent, words, trail]) => indent + words.join(' ') + trail);
const lines = fc.array(line, { minLength: 1, maxLength: 30 });
const lineEnds = fc.constantFrom('\n', '\n', '\r\n', '\r');
const encodings = fc.constantFrom('utf8', 'mark', 'utf16le') satisfies fc.Arbitrary<'utf8' | 'mark' | 'utf16le'>;
const content = fc.tuple(lines, fc.array(lineEnds, { minLength: 1, maxLength: 3 }), fc.boolean()).map(([all, ends, closed]) => {
  const text = all.map((each, position) => each + (ends[position % ends.length] ?? '')).join('');
  return closed ? text : text.replace(/[\r\n]+$/, '');
});
const encode = (text: string, encoding: 'utf8' | 'mark' | 'utf16le') =>
  encoding === 'utf16le' ? Buffer.from(`\ufeff${text}`, 'utf16le') : Buffer.from(encoding === 'mark' ? `\ufeff${text}` : text);

it('keeps every byte before and after what an edit matched, and takes plans back to the byte', async () => {
  const project = await testProject();
  const { files } = project;
  await fc.assert(
    fc.asyncProperty(content, encodings, fc.nat(), fc.nat({ max: 40 }), line, async (text, encoding, at, length, added) => {
      const start = text.length === 0 ? 0 : at % text.length;
      const old = text.slice(start, start + length);
      const before = encode(text, encoding);
      project.put('file.txt', before);
      const plan = await files.plan([
        { kind: 'edit', path: 'file.txt', edits: [{ old, new: added }] },
        { kind: 'write', path: 'other.txt', text: added },
      ]);
      if (plan.kind === 'refused') return;
      const [edited] = plan.files;
      const after = Buffer.from(edited?.after?.bytes ?? []);
      const unique = text.indexOf(old) === text.lastIndexOf(old);
      if (edited?.rung === 'exact' && unique) {
        const prefix = encode(text.slice(0, text.indexOf(old)), encoding);
        const suffix = encode(text.slice(text.indexOf(old) + old.length), encoding).subarray(
          encoding === 'utf8' ? 0 : encoding === 'mark' ? 3 : 2,
        );
        expect(after.subarray(0, prefix.length)).toEqual(prefix);
        expect(after.subarray(after.length - suffix.length)).toEqual(suffix);
      }
      await files.apply(plan.files);
      await files.apply(reversePlan(plan.files));
      expect(project.bytes('file.txt')).toEqual(before);
      expect(await files.check('other.txt')).toEqual({ kind: 'missing' });
    }),
    { numRuns: 60 },
  );
});

it('reads its own diffs, and makes the same bytes of them', async () => {
  const project = await testProject();
  const { files } = project;
  await fc.assert(
    fc.asyncProperty(lines, lines, fc.boolean(), fc.boolean(), async (old, next, closed, nextClosed) => {
      const [before, after] = [old.join('\n') + (closed ? '\n' : ''), next.join('\n') + (nextClosed ? '\n' : '')];
      fc.pre(before !== after && before !== '' && after !== '');
      project.put('a.txt', before);
      const plan = await files.plan([{ kind: 'write', path: 'a.txt', text: after }]);
      if (plan.kind === 'refused') throw new Error(plan.refusals[0]?.message);
      const parsed = parseChanges(plan.files[0]?.diff ?? '');
      if (parsed.kind === 'malformed') throw new Error(parsed.message);
      const again = await files.plan(parsed.changes);
      if (again.kind === 'refused') throw new Error(again.refusals[0]?.message);
      await files.apply(again.files);
      expect(project.text('a.txt')).toBe(after);
    }),
    { numRuns: 60 },
  );
});

/** A change of a program: its lines before, and each kept, left out, or followed by a new one. */
const commits = fc.array(
  fc.tuple(
    fc.constantFrom('', '    ', '        ', '\t', '\t\t'),
    fc.constantFrom('call', 'say("word")', "let name = 'x'", 'return', 'const año = 1', 'if (a) {', '}'),
    fc.constantFrom('keep', 'keep', 'keep', 'keep', 'remove', 'change', 'insert'),
    fc.constantFrom('', '', '', ' '),
  ),
  { minLength: 8, maxLength: 40 },
);

it('replays made commits with and without noise: the bytes that were meant, or a refusal', async () => {
  const project = await testProject();
  const { files, root } = project;
  const counts = { right: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(commits, fc.constantFrom(...Object.keys(noises)), async (made, kind) => {
      // One kind of indentation a file, as programs have it.
      const tabs = made.length % 2 === 0;
      const written = made.map(([indent, text, what, trail], position) => {
        const depth = indent.startsWith('\t') ? indent.length : indent.length / 4;
        const lead = tabs ? '\t'.repeat(depth) : '    '.repeat(depth);
        return { what, old: `${lead}${text} ${position}${trail}\n`, next: `${lead}${text} changed ${position}\n` };
      });
      const before = written.map(({ old }) => old).join('');
      const after = written
        .map(({ what, old, next }) => (what === 'remove' ? '' : what === 'change' ? next : what === 'insert' ? old + next : old))
        .join('');
      fc.pre(before !== after && after !== '');
      rmSync(join(root, 'a.txt'), { force: true });
      project.put('a.txt', before);
      const edits = editsOf(before, after) ?? [];
      const exact = await files.plan([{ kind: 'edit', path: 'a.txt', edits }]);
      expect(exact.kind === 'planned' && Buffer.from(exact.files[0]?.after?.bytes ?? []).toString()).toBe(after);
      const noise = noises[kind];
      const [edit] = edits;
      if (noise === undefined || edit === undefined || noise(edit).old === edit.old) return;
      const noisy = await files.plan([{ kind: 'edit', path: 'a.txt', edits: [noise(edit)] }]);
      if (noisy.kind === 'refused') counts.refused += 1;
      else {
        counts.right += 1;
        expect(Buffer.from(noisy.files[0]?.after?.bytes ?? []).toString()).toBe(before.replace(edit.old, () => edit.new));
      }
    }),
    { numRuns: 300 },
  );
  expect(counts.right).toBeGreaterThan(counts.refused * 9);
});

it('merges what touches different lines, and never loses a line of the user', () => {
  const changes = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.constantFrom('insert', 'remove', 'replace')), { maxLength: 6 });
  const ends = fc.constantFrom('\n', '\r\n');
  let merges = 0;
  fc.assert(
    fc.property(lines, changes, changes, ends, (all, agent, user, end) => {
      const text = (content: readonly string[]) => Buffer.from(content.map((each) => each + end).join(''));
      const change = (content: readonly string[], by: string, edits: readonly (readonly [number, string])[]) => {
        const result = [...content];
        for (const [position, [at, what]] of edits.entries()) {
          const index = at % (result.length + 1);
          if (what === 'insert') result.splice(index, 0, `${by} ${position}`);
          else if (what === 'remove') result.splice(index, 1);
          else result.splice(index, 1, `${by} ${position}`);
        }
        return result;
      };
      const before = all;
      const after = change(before, 'agent', agent);
      const current = change(after, 'user', user);
      // Undo: the agent's change is taken back below what the user did since.
      const merged = mergeThreeWay(text(after), text(current), text(before));
      if (merged.kind === 'conflict') return;
      merges += 1;
      const result = Buffer.from(merged.bytes).toString();
      for (const each of current) if (each.startsWith('user')) expect(result).toContain(`${each}${end}`);
      expect(result).not.toContain('<<<<<<<');
      if (user.length === 0) expect(result).toBe(text(before).toString());
    }),
    { numRuns: 1_000 },
  );
  expect(merges).toBeGreaterThan(200);
  const [base, ours, theirs] = ['a\nb\nc\nd\ne\n', 'A\nb\nc\nd\ne\n', 'a\nb\nc\nd\nE\n'].map((each) => Buffer.from(each));
  if (base === undefined || ours === undefined || theirs === undefined) throw new Error('There are three.');
  expect(mergeThreeWay(base, ours, theirs)).toEqual({ kind: 'merged', bytes: Buffer.from('A\nb\nc\nd\nE\n') });
  expect(mergeThreeWay(base, ours, Buffer.from('X\nb\nc\nd\ne\n'))).toMatchObject({
    kind: 'conflict',
    message: expect.stringContaining('line 1'),
  });
});
