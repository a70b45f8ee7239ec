/** What OAuth of a server needs to be kept: registered clients and tokens, one file for each server, readable for the user alone. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OAuthDiscoveryState, StoredOAuthClientInformation, StoredOAuthTokens } from '@modelcontextprotocol/client';

export interface McpKeptTokens {
  /** By the issuer that they belong to: neither is shown to another one. */
  clients: Readonly<Record<string, StoredOAuthClientInformation>>;
  tokens: Readonly<Record<string, StoredOAuthTokens>>;
  /** Issuer of the tokens that were saved last. */
  latest?: string;
  discovery?: OAuthDiscoveryState;
}

/** Keeps the tokens of one server. */
export interface McpTokenStore {
  read(): McpKeptTokens;
  write(kept: McpKeptTokens): void;
  /** Signs out: nothing is kept any more. */
  remove(): void;
}

const nothing: McpKeptTokens = { clients: {}, tokens: {} };

/** Kept while the process lives. */
export function tokensInMemory(): McpTokenStore {
  let kept = nothing;
  return {
    read: () => kept,
    write: (next) => {
      kept = next;
    },
    remove: () => {
      kept = nothing;
    },
  };
}

/**
 * Read anew each time: another process may have refreshed the tokens meanwhile.
 * @param folder absolute; made with mode 0700 where it is not there
 * @param url address of the server that they are for: the same in every project
 */
export function tokensInFolder(folder: string, url: string): McpTokenStore {
  const path = join(folder, `${createHash('sha256').update(url).digest('hex').slice(0, 32)}.json`);
  return {
    read() {
      try {
        const { server, ...kept } = JSON.parse(readFileSync(path, 'utf8')) as McpKeptTokens & { server: string };
        return server === url ? { ...nothing, ...kept } : nothing;
      } catch {
        // None yet, or cut by a full disk: signing in again writes it whole.
        return nothing;
      }
    },
    write(kept) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const temporary = `${path}.${randomUUID()}`;
      writeFileSync(temporary, JSON.stringify({ server: url, ...kept }), { mode: 0o600, flag: 'wx' });
      renameSync(temporary, path);
    },
    remove: () => rmSync(path, { force: true }),
  };
}
