import { describe, expect, it } from 'vitest';
import { checkProgram, completeLimits } from './check-program.ts';

const program =
  (files: Record<string, string>, entry = 'main.py') =>
  () =>
    checkProgram({ language: 'python', files, entry });

describe('a program for the sandbox', () => {
  it('has relative paths, one of which is run', () => {
    expect(program({ 'main.py': '', 'data/año 1.txt': '' })).not.toThrow();
    for (const path of ['../x', '/etc/x', 'a/../../x', 'a//b', './x', 'a\nb', 'a\0b', 'a\\b', '', 'x'.repeat(201)]) {
      expect(program({ 'main.py': '', [path]: '' }), path).toThrow(/is no path of a program's file/);
    }
    expect(program({ 'other.py': '' })).toThrow('The file to run, "main.py", is not among the files of the program.');
    expect(program({ 'main.py': '', a: '', 'a/b': '' })).toThrow('"a" cannot be a file and the folder of "a/b".');
    expect(program({ 'main.py': '' }, '__proto__')).toThrow('is not among the files');
  });

  it('has so many files and bytes, and limits within bounds', () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, nth) => [`${nth}.py`, '']));
    expect(program({ 'main.py': '', ...many })).toThrow('up to 64 files');
    expect(program({ 'main.py': 'x'.repeat(1024 * 1024 + 1) })).toThrow('up to 1048576 bytes');
    expect(completeLimits({ wallMs: 500 })).toMatchObject({ wallMs: 500, outputBytes: 65_536 });
    for (const wallMs of [0, -1, 1.5, Number.NaN, 60_001]) {
      expect(() => completeLimits({ wallMs })).toThrow('The limit wallMs is a whole number from 1 to 60000');
    }
  });
});
