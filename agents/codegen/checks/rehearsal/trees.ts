/** Trees in memory, for tests and measurements of the checks. */
import type { AgentSandbox, Sandbox } from '../../../../src/sandbox.ts';
import type { ChangedFiles, ProjectTree } from '../../project/contract.ts';

type Files = Readonly<Record<string, string>>;

export function treeOf(files: Files): ProjectTree {
  return {
    paths: async () => Object.keys(files).sort(),
    read: async (path) => {
      const text = files[path];
      if (text === undefined) throw new Error(`There is no file "${path}".`);
      return new TextEncoder().encode(text);
    },
    mode: async () => undefined,
    has: async (path) => Object.hasOwn(files, path),
  };
}

export function changesOf(files: Files): ChangedFiles {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, { content: new TextEncoder().encode(text), mode: 0o644 }]),
  );
}

export function sandboxOf(sandbox: Sandbox): AgentSandbox {
  return {
    languages: () => sandbox.languages(),
    run: (program, input, options) => sandbox.run(program, input, { ...options, owner: 'checks' }),
    runEach: (program, inputs, options) => sandbox.runEach(program, inputs, { ...options, owner: 'checks' }),
  };
}
