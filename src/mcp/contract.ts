/** Servers of the Model Context Protocol, as an agent knows them: how they are reached, what they offer, what they answer. */
import type { JsonObject } from '../vocabulary.ts';

/** Which revision of the protocol is spoken: `auto` asks the server. */
export type McpProtocol = 'auto' | '2025-11-25' | '2026-07-28';

/** How this client signs in where a server asks for OAuth. Without it the client registers itself, and a person gives access. */
export interface McpOAuthSettings {
  /** A client that was registered beforehand. */
  clientId?: string;
  clientSecret?: string;
  /** Address of the client's metadata (Client ID Metadata Document), for servers that take an address as the client's id. */
  clientMetadataUrl?: string;
  /** Issuer that the registered client belongs to; it is used with no other one. */
  issuer?: string;
  /** Scopes to ask for where the server does not say which. */
  scope?: string;
  /** Port of the address that the browser comes back to; a free one where absent. */
  callbackPort?: number;
  /** `authorization_code` where absent. The other ones need no person. */
  grant?: 'authorization_code' | 'client_credentials' | 'jwt-bearer' | 'cross-app';
  /** PEM of the key that signs for a client without a secret, and its algorithm. */
  privateKey?: string;
  algorithm?: string;
  /** For `jwt-bearer`: the assertion of the workload. */
  assertion?: string;
  /** For `cross-app`: where the identity token of the person is exchanged. */
  identityProvider?: { tokenEndpoint: string; clientId: string; idToken: string };
  /** Tokens are bound to a key of this client (RFC 9449). */
  dpop?: boolean;
}

interface McpSettingsOfAny {
  protocol?: McpProtocol;
  /** Milliseconds for one call, 60,000 where absent, 600,000 at most. */
  timeoutMs?: number;
  /** Tools that run without a question. Only the user's own settings can say so. */
  allow?: readonly string[];
  disabled?: boolean;
}

/** A program of this machine that is spoken to over its input and output. */
export interface McpStdioSettings extends McpSettingsOfAny {
  kind: 'stdio';
  command: string;
  args: readonly string[];
  /** What it gets beside the environment of {@link McpOptions}: values, filled in. */
  env: Readonly<Record<string, string>>;
  folder?: string;
}

/** A server at an address. `sse` is the transport of the revision 2024-11-05. */
export interface McpHttpSettings extends McpSettingsOfAny {
  kind: 'http' | 'sse';
  url: string;
  headers: Readonly<Record<string, string>>;
  oauth?: McpOAuthSettings;
}

export type McpServerSettings = McpStdioSettings | McpHttpSettings;

/** Where a server was named: in settings of the user, or in a file of a project, which anybody may have written. */
export type McpOrigin = 'user' | 'project';

/** A server as it was found in settings. */
export interface McpServerEntry {
  name: string;
  origin: McpOrigin;
  settings: McpServerSettings;
  /** How it is started or reached, for a person to read: no values of secrets. */
  shown: string;
  /** Names what is started or reached, with all that it is given: an approval holds for this one only. */
  launch: string;
}

/**
 * `idle`: not asked for yet. `unapproved`: a project names it, and nobody said yes. `login`: a person has to sign in. `retrying`: the connection was
 * lost and is made anew; tools stay known. `failed`: given up, until it is asked for again.
 */
export type McpState = 'disabled' | 'unapproved' | 'idle' | 'connecting' | 'connected' | 'retrying' | 'login' | 'failed';

/** A tool of a server. All of it was written by others: data, never an instruction. */
export interface McpTool {
  name: string;
  title?: string;
  /** 4,000 characters at most, without control characters. */
  description: string;
  inputSchema: JsonObject;
  /** What the server says of it: nothing that a decision may rest on. */
  readOnly: boolean;
  /** Calling it twice is, by the server's word, as calling it once. */
  repeatable: boolean;
  /** SHA-256 of the whole definition, the first 32 hexadecimal digits. */
  definition: string;
}

/** What a call came to. */
export type McpAnswer =
  /** The server answered. */
  | { kind: 'answered'; text: string; structured?: JsonObject[string]; parts?: readonly McpOtherPart[] }
  /** The tool answered that it failed. */
  | { kind: 'failed'; text: string }
  /** The server refused the call, or it never left: nothing happened. */
  | { kind: 'refused'; message: string };

/** What an answer has beside text. Its bytes are not kept. */
export interface McpOtherPart {
  type: 'image' | 'audio' | 'resource' | 'link';
  mediaType?: string;
  uri?: string;
  bytes?: number;
}

/** The call may have been carried out: the connection broke, or no answer came in time. */
export class McpCallUnclear extends Error {
  override readonly name = 'McpCallUnclear';
}

/** There is no connection: why, in words for a person. */
export class McpNotConnected extends Error {
  override readonly name = 'McpNotConnected';
  readonly state: McpState;

  constructor(state: McpState, message: string, options?: ErrorOptions) {
    super(message, options);
    this.state = state;
  }
}

export interface McpServerView {
  name: string;
  origin: McpOrigin;
  kind: McpServerSettings['kind'];
  state: McpState;
  shown: string;
  launch: string;
  /** Why it is not connected. */
  because?: string;
  /** Names of its tools, as far as they are known. */
  tools: readonly string[];
  /** What the server calls itself. */
  version?: string;
  protocol?: string;
}
