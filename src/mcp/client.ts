/** The client of the library as it is set up for one server. */
import type { Client } from '@modelcontextprotocol/client';
import { version } from '../package-file.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { McpServerSettings } from './contract.ts';
import type { toolsFrom } from './definitions.ts';
import { plainText } from './text.ts';

/** What a server asks the person behind the client. */
export type McpElicit = (asked: {
  message: string;
  schema: JsonObject;
}) => Promise<
  { action: 'accept'; content: Record<string, string | number | boolean | string[]> } | { action: 'decline' | 'cancel' }
>;

/** @param changed the tools as they are now; `undefined` where the server said that they changed, and not how */
export function clientFor(
  sdk: typeof import('@modelcontextprotocol/client'),
  { protocol = 'auto', kind }: McpServerSettings,
  elicit: McpElicit | undefined,
  changed: (tools: Parameters<typeof toolsFrom>[0] | undefined) => void,
): Client {
  const client = new sdk.Client(
    { name: 'timonel', title: 'Timonel', version },
    {
      // Neither roots nor sampling: a server has no files of this machine, and no model.
      capabilities: elicit === undefined ? {} : { elicitation: { form: { applyDefaults: true } } },
      versionNegotiation: {
        mode: protocol === 'auto' ? 'auto' : protocol === '2025-11-25' ? 'legacy' : { pin: protocol },
        // A program that knows nothing of the question says nothing.
        ...(kind === 'stdio' ? { probe: { timeoutMs: 5_000 } } : {}),
      },
      listChanged: {
        tools: { onChanged: (error, tools) => changed(error === null && tools !== null ? tools : undefined) },
      },
    },
  );
  // What comes of it is told by the call that it belongs to.
  client.onerror = () => undefined;
  if (elicit !== undefined)
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      if (params.mode === 'url') return { action: 'decline' as const };
      return elicit({ message: plainText(params.message, 4_000), schema: params.requestedSchema as JsonObject });
    });
  return client;
}
