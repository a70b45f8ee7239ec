import type { AgentSandbox, Sandbox } from './contract.ts';

/** @param place whose runs take turns with those of others: the workspace, and who asks. @param signal ends what runs */
export function sandboxFor(
  sandbox: Sandbox,
  { workspaceId, person }: { workspaceId: string; person: string },
  signal?: AbortSignal,
): AgentSandbox {
  const owner = `${workspaceId} ${person}`;
  const signals = (own: AbortSignal | undefined) => {
    const all = [signal, own].filter((each) => each !== undefined);
    return all.length === 0 ? undefined : AbortSignal.any(all);
  };
  return {
    languages: () => sandbox.languages(),
    run: (program, input, options) => sandbox.run(program, input, { ...options, owner, signal: signals(options?.signal) }),
    runEach: (program, inputs, options) =>
      sandbox.runEach(program, inputs, { ...options, owner, signal: signals(options?.signal) }),
  };
}
