import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseChanges } from '../../src/files.ts';
import { type TestProject, testProject } from './project.ts';

async function applyPatch({ files }: TestProject, patch: string): Promise<string> {
  const parsed = parseChanges(patch);
  if (parsed.kind === 'malformed') return parsed.message;
  const plan = await files.plan(parsed.changes);
  if (plan.kind === 'refused') return plan.refusals.map(({ reason, message }) => `${reason}: ${message}`).join('\n');
  await files.apply(plan.files);
  return 'applied';
}

it("reads git's diffs: renames, modes, new and deleted files, files without a last line end", async () => {
  const project = await testProject({
    'a.txt': 'same\nx\nsame\ny\nsame\nx\nsame\n',
    'old name.txt': 'one\ntwo\n',
    'gone.txt': 'gone\n',
    'open.txt': 'a\nb',
    'run.sh': 'echo\n',
    'crlf.txt': 'a\r\nb\r\nc\r\n',
  });
  chmodSync(join(project.root, 'run.sh'), 0o644);
  const patch = `Subject: all at once

diff --git a/a.txt b/a.txt
--- a/a.txt
+++ b/a.txt
@@ -6,1 +6,1 @@ no context, and there twice
-x
+z
@@ -7,0 +8,2 @@
+more
+lines
diff --git a/old name.txt b/new name.txt
similarity index 60%
rename from old name.txt
rename to new name.txt
--- a/old name.txt
+++ b/new name.txt
@@ -1,2 +1,2 @@
 one
-two
+three
diff --git a/gone.txt b/gone.txt
deleted file mode 100644
--- a/gone.txt
+++ /dev/null
@@ -1 +0,0 @@
-gone
diff --git a/bin/new.sh b/bin/new.sh
new file mode 100755
--- /dev/null
+++ b/bin/new.sh
@@ -0,0 +1,2 @@
+#!/bin/sh
+echo
\\ No newline at end of file
diff --git a/open.txt b/open.txt
--- a/open.txt
+++ b/open.txt
@@ -1,2 +1,3 @@
 a
-b
\\ No newline at end of file
+b
+c
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
diff --git a/crlf.txt b/crlf.txt
--- a/crlf.txt
+++ b/crlf.txt
@@ -1,9 +1,9 @@
 a
-b
+B
+new
 c
`;
  expect(await applyPatch(project, patch)).toBe('applied');
  expect(project.text('a.txt')).toBe('same\nx\nsame\ny\nsame\nz\nsame\nmore\nlines\n');
  expect(project.text('new name.txt')).toBe('one\nthree\n');
  expect(project.text('bin/new.sh')).toBe('#!/bin/sh\necho');
  expect([project.mode('bin/new.sh'), project.mode('run.sh')].map((mode) => mode & 0o100)).toEqual([0o100, 0o100]);
  expect(project.text('open.txt')).toBe('a\nb\nc\n');
  expect(project.text('crlf.txt')).toBe('a\r\nB\r\nnew\r\nc\r\n');
  expect((await project.files.list('.')).map(({ name }) => name)).toEqual([
    'a.txt',
    'bin',
    'crlf.txt',
    'new name.txt',
    'open.txt',
    'run.sh',
  ]);
});

it('reads apply_patch', async () => {
  const project = await testProject({
    'a.py': 'class A:\n    def f(self):\n        return 1\n\nclass B:\n    def f(self):\n        return 1\n',
    'b.txt': 'one\ntwo\nthree',
    'c.txt': 'c\n',
  });
  const patch = `\`\`\`
*** Begin Patch
*** Update File: a.py
@@ class B:
     def f(self):
-        return 1
+        return 2
*** Update File: b.txt
*** Move to: moved/b.txt
@@
 two
-three
+THREE
*** End of File
*** Delete File: c.txt
*** Add File: new.txt
+first

*** End Patch
\`\`\`
`;
  expect(await applyPatch(project, patch)).toBe('applied');
  expect(project.text('a.py')).toBe(
    'class A:\n    def f(self):\n        return 1\n\nclass B:\n    def f(self):\n        return 2\n',
  );
  expect(project.text('moved/b.txt')).toBe('one\ntwo\nTHREE');
  expect(project.text('new.txt')).toBe('first\n');
  expect(await project.files.check('c.txt')).toEqual({ kind: 'missing' });
});

it('says what is malformed, and applies nothing of a patch that does not fit as a whole', async () => {
  const project = await testProject({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'same.txt': 'x\nx\n' });
  const malformed: [string, RegExp][] = [
    ['please change it', /No changes were found/],
    ['*** Begin Patch\n*** Update File: a.txt\n@@\n-a\n+b\n', /no "\*\*\* End Patch"/],
    ['*** Begin Patch\n*** Update File: a.txt\n@@\n-a\nb\n*** End Patch', /^Line 5 .*"b".*begins with/],
    ['*** Begin Patch\n*** Add File: n.txt\nx\n*** End Patch', /^Line 3 .*"\+"/],
    ['*** Begin Patch\n*** Update File: a.txt\n*** End Patch', /has no lines/],
    ['*** Begin Patch\n*** End Patch', /changes no file/],
    ['--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n-a\nrubbish\n+b\n c\n', /cannot be read/],
    ['@@ -1 +1 @@\n-a\n+b\n', /no file/],
    ['diff --git a/x.png b/x.png\nBinary files a/x.png and b/x.png differ\n', /binary/],
  ];
  for (const [patch, message] of malformed) expect(await applyPatch(project, patch), patch).toMatch(message);
  const half = '*** Begin Patch\n*** Update File: a.txt\n@@\n-a\n+A\n*** Update File: b.txt\n@@\n-zzz\n+B\n*** End Patch';
  expect(await applyPatch(project, half)).toMatch(/^no-match: b\.txt/);
  const twice = '*** Begin Patch\n*** Update File: same.txt\n@@\n-x\n+y\n*** End Patch';
  expect(await applyPatch(project, twice)).toMatch(/^several-matches: .*lines 1, 2/);
  expect([project.text('a.txt'), project.text('b.txt')]).toEqual(['a\n', 'b\n']);
});
