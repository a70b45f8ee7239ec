/** How a server is reached: the program that is started, or the address, with what it is given. */
import type { OAuthClientProvider, Transport } from '@modelcontextprotocol/client';
import type { McpServerSettings } from './contract.ts';
import { type GuardedFetch, guardedFetch, mostAnswerBytes } from './guarded-fetch.ts';
import { plainText } from './text.ts';

/** Characters of what a program wrote to its error output: the end of it is kept, to say why it ended. */
const mostComplaint = 2_000;

export interface OpenedTransport {
  transport: Transport;
  /** Exchanges what a browser came back with for tokens; only where the server is at an address. */
  finishSignIn?(back: URLSearchParams): Promise<void>;
  /** For requests beside those of the transport. */
  fetch?: GuardedFetch['fetch'];
  /** The end of what the program wrote to its error output. */
  complaint(): string;
  close(): Promise<void>;
}

/**
 * @param environment what a program gets beside what its settings name: no secrets
 * @param provider signs requests; only for servers at an address
 */
export async function openTransport(
  settings: McpServerSettings,
  environment: Readonly<Record<string, string>>,
  provider: OAuthClientProvider | undefined,
): Promise<OpenedTransport> {
  if (settings.kind === 'stdio') {
    const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio');
    const { command, args, env, folder } = settings;
    const transport = new StdioClientTransport({
      command,
      args: [...args],
      env: { ...environment, ...env },
      ...(folder === undefined ? {} : { cwd: folder }),
      stderr: 'pipe',
      maxBufferSize: mostAnswerBytes,
    });
    let said = '';
    transport.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-mostComplaint);
    });
    return { transport, complaint: () => plainText(said.trim(), mostComplaint), close: () => transport.close() };
  }
  const { StreamableHTTPClientTransport, SSEClientTransport } = await import('@modelcontextprotocol/client');
  const guarded: GuardedFetch = guardedFetch(settings.url);
  const options = {
    fetch: guarded.fetch,
    requestInit: { headers: { ...settings.headers } },
    ...(provider === undefined ? {} : { authProvider: provider }),
  };
  const url = new URL(settings.url);
  const transport =
    settings.kind === 'sse'
      ? new SSEClientTransport(url, options)
      : new StreamableHTTPClientTransport(url, {
          ...options,
          reconnectionOptions: {
            initialReconnectionDelay: 500,
            maxReconnectionDelay: 30_000,
            reconnectionDelayGrowFactor: 2,
            maxRetries: 8,
          },
        });
  return {
    transport,
    fetch: guarded.fetch,
    finishSignIn: (back) => finishSignIn(transport, back),
    complaint: () => '',
    async close() {
      // A session that the server keeps for nobody.
      if (transport instanceof StreamableHTTPClientTransport && transport.sessionId !== undefined)
        await Promise.race([transport.terminateSession().catch(() => undefined), later(1_000)]);
      await transport.close();
      await guarded[Symbol.asyncDispose]();
    },
  };
}

async function finishSignIn(transport: { finishAuth(back: URLSearchParams): Promise<void> }, back: URLSearchParams): Promise<void> {
  await transport.finishAuth(back);
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
