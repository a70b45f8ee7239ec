/** Where programs of students and models run. */
import { channels, publishFault, type SandboxRan } from '../diagnostics.ts';
import { createSandbox, type OpenSandbox } from '../sandbox/sandbox.ts';
import type { Base } from './base.ts';

export function openSandbox({ settings, scope }: Base): OpenSandbox {
  const sandbox = createSandbox(settings.sandbox, {
    ran: ({ backend, verdict, wallMs }, language) => {
      const event: SandboxRan = { language, backend, verdict, milliseconds: wallMs, ...sandbox.load() };
      channels.sandboxRan.publish(event);
    },
    failed: (error, language) => publishFault(`the sandbox, running ${language}`, error),
  });
  return scope.adopt(sandbox, (each) => each.close());
}
