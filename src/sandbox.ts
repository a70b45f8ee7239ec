/**
 * The sandbox: programs of students and models, run away from the process and its machine. Tools and jobs of an agent have it as
 * `context.sandbox`; a program of its own opens one with {@link createSandbox}.
 *
 * @module timonel/sandbox
 */
export type {
  AgentSandbox,
  AgentSandboxOptions,
  Sandbox,
  SandboxBackendName,
  SandboxLanguage,
  SandboxLanguageState,
  SandboxLimits,
  SandboxProgram,
  SandboxResult,
  SandboxRunOptions,
  SandboxVerdict,
} from './sandbox/contract.ts';
export { sandboxLanguages } from './sandbox/contract.ts';
export { createSandbox, type OpenSandbox, type SandboxObserver, type SandboxSettings } from './sandbox/sandbox.ts';
