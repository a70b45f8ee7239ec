/**
 * How a program failed, by what its interpreter printed last. A program can print the same, and then says that of itself alone.
 */
export function programFailureOf(stderr: string): 'memory' | 'compile-error' | 'runtime-error' {
  const last = stderr.trimEnd().split('\n').at(-1) ?? '';
  if (/^MemoryError\b/.test(last)) return 'memory';
  // Python tells of a text that it cannot read without a traceback; Node names the part of itself that read it.
  const pythonRefused =
    /^(SyntaxError|IndentationError|TabError): /.test(last) && !stderr.includes('Traceback (most recent call last)');
  const nodeRefused = /^SyntaxError: /m.test(stderr) && /^ {4}at (wrapSafe|compileSourceTextModule) \(node:internal/m.test(stderr);
  return pythonRefused || nodeRefused ? 'compile-error' : 'runtime-error';
}
