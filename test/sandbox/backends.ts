import type { SandboxBackendName, SandboxLanguage, SandboxLimits, SandboxResult } from '../../src/sandbox/contract.ts';
import { createSandbox, type OpenSandbox } from '../../src/sandbox/sandbox.ts';

export const backends: { name: SandboxBackendName; needs: 'bubblewrap' | undefined }[] = [
  { name: 'embedded', needs: undefined },
  { name: 'bubblewrap', needs: 'bubblewrap' },
];

/** A sandbox whose faults fail the test. */
export function openSandbox(name: SandboxBackendName): OpenSandbox {
  const mode = name === 'embedded' ? 'embedded' : 'auto';
  return createSandbox(
    { mode, concurrency: 2, queue: 1_000 },
    {
      failed: (error) => {
        throw error;
      },
    },
  );
}

const entries: Record<SandboxLanguage, string> = {
  python: 'main.py',
  javascript: 'main.js',
  c: 'main.c',
  cpp: 'main.cpp',
  java: 'Main.java',
};

/** Runs one file. */
export function play(
  sandbox: OpenSandbox,
  language: SandboxLanguage,
  code: string,
  { input = '', ...limits }: Partial<SandboxLimits> & { input?: string } = {},
): Promise<SandboxResult> {
  const entry = entries[language];
  return sandbox.run({ language, files: { [entry]: code }, entry }, input, { owner: 'test', limits });
}
