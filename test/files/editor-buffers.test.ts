import { expect, it } from 'vitest';
import { type EditorBuffers, withEditorBuffers } from '../../src/files.ts';
import { editFile, testProject } from './project.ts';

/** An editor that has some files open, makes all line ends `\n`, and saves nothing by itself. */
function editorWith(texts: Record<string, string>) {
  const shown = new Map(Object.entries(texts));
  const taken: string[] = [];
  const buffers: Required<EditorBuffers> = {
    read: async (path) => shown.get(path),
    async write(path, text) {
      taken.push(path);
      shown.set(path, text);
    },
  };
  return { shown, taken, buffers };
}

it('reads and edits what the editor shows, and leaves what is on the disk', async () => {
  const project = await testProject({ 'a.ts': 'one\r\ntwo\r\n', 'b.ts': 'b\n' });
  const { shown, buffers } = editorWith({ 'a.ts': 'zero\none\ntwo\n', 'new.ts': 'not saved\n' });
  const files = withEditorBuffers(project.files, buffers);
  expect(await files.read('a.ts')).toMatchObject({ text: 'zero\r\none\r\ntwo\r\n' });
  expect(await files.read('new.ts')).toMatchObject({ text: 'not saved\n' });
  expect(await files.check('new.ts')).toEqual({ kind: 'file' });
  const edited = await editFile({ files }, 'a.ts', { old: 'one\n', new: 'uno\n1\n' });
  expect(shown.get('a.ts')).toBe('zero\nuno\n1\ntwo\n');
  expect(project.text('a.ts')).toBe('one\r\ntwo\r\n');
  if (typeof edited === 'string') throw new Error(edited);
  const hashes = [{ path: 'a.ts', before: edited.before?.hash, after: edited.after?.hash }];
  expect(await files.appliedState(hashes)).toBe('happened');
  await files.rollBack([edited]);
  expect(shown.get('a.ts')).toBe('zero\none\ntwo\n');
});

it('gives an editor what it keeps byte by byte, and writes the rest itself', async () => {
  const latin = Buffer.from('a\u00f1o\n', 'latin1');
  const project = await testProject({ 'plain.ts': 'one\n', 'crlf.ts': 'one\r\n', 'latin.txt': latin });
  const { taken, shown, buffers } = editorWith({ 'plain.ts': 'one\n', 'crlf.ts': 'one\n', 'latin.txt': 'año\n' });
  const files = withEditorBuffers(project.files, buffers);
  expect((await files.read('latin.txt')).encoding).toBe('latin-1');
  for (const path of ['plain.ts', 'crlf.ts', 'latin.txt'])
    await editFile({ files }, path, { old: path === 'latin.txt' ? 'a' : 'one', new: 'x' });
  expect(taken).toEqual(['plain.ts']);
  expect([shown.get('plain.ts'), project.text('plain.ts'), project.text('crlf.ts')]).toEqual(['x\n', 'one\n', 'x\r\n']);
  expect(project.bytes('latin.txt')).toEqual(Buffer.from('x\u00f1o\n', 'latin1'));
});

it('takes a text that the disk has left behind for old, not for unsaved', async () => {
  const project = await testProject({ 'crlf.ts': 'one\r\n' });
  const { shown, buffers } = editorWith({ 'crlf.ts': 'one\n' });
  const files = withEditorBuffers(project.files, buffers);
  await editFile({ files }, 'crlf.ts', { old: 'one', new: 'two' });
  const reading = files.read('crlf.ts');
  shown.set('crlf.ts', 'two\n');
  expect((await reading).text).toBe('two\r\n');
});

it('changes all files or none, refuses what is secret, and removes nothing that is unsaved', async () => {
  const project = await testProject({ 'a.ts': 'a\n', 'b.ts': 'b\r\n', '.env': 'A=1' });
  const { shown, buffers } = editorWith({ 'a.ts': 'a, unsaved\n', '.env': 'A=2', 'key.txt': `-----BEGIN ${'PRIVATE'} KEY-----\n` });
  const broken = withEditorBuffers(project.files, {
    ...buffers,
    write: () => Promise.reject(new Error('the editor is busy')),
  });
  const plan = await broken.plan([
    { kind: 'edit', path: 'b.ts', edits: [{ old: 'b', new: 'c' }] },
    { kind: 'edit', path: 'a.ts', edits: [{ old: 'a,', new: 'c,' }] },
  ]);
  if (plan.kind !== 'planned') throw new Error('It can be planned.');
  await expect(broken.apply(plan.files)).rejects.toThrow('the editor is busy');
  expect([project.text('b.ts'), shown.get('a.ts')]).toEqual(['b\r\n', 'a, unsaved\n']);
  const files = withEditorBuffers(project.files, buffers);
  await expect(files.read('.env')).rejects.toThrow('secret');
  await expect(files.read('key.txt')).rejects.toThrow('secret');
  const removal = await files.plan([{ kind: 'delete', path: 'a.ts' }]);
  if (removal.kind !== 'planned') throw new Error('It can be planned.');
  await expect(files.apply(removal.files)).rejects.toThrow('not saved');
  const deaf = withEditorBuffers(project.files, { read: buffers.read });
  await expect(editFile({ files: deaf }, 'a.ts', { old: 'a,', new: 'x' })).rejects.toThrow('takes no text');
});
