/** A server at an address that asks for OAuth, with an authorization server of its own beside it. */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { testServer } from './server.ts';

export interface GuardedServer extends AsyncDisposable {
  url: string;
  /** What was asked of the authorization server: the words of each request. */
  asked: { at: 'register' | 'authorize' | 'token'; words: Record<string, string> }[];
  /** Scopes by the access tokens that are good. */
  good: Map<string, string>;
}

/** `change` needs the scope `write`, all else `read`. */
export async function startGuardedServer(log: string): Promise<GuardedServer> {
  const asked: GuardedServer['asked'] = [];
  const good = new Map<string, string>();
  const codes = new Map<string, Record<string, string>>();
  const refreshable = new Map<string, string>();
  const handler = toNodeHandler(createMcpHandler(() => testServer(log)));
  const json = (response: ServerResponse, body: object, status = 200) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const server = createServer(async (request, response) => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const url = new URL(request.url ?? '/', base);
    const noted = (at: 'register' | 'authorize' | 'token', words: Record<string, string>) => void asked.push({ at, words });
    switch (url.pathname) {
      case '/.well-known/oauth-protected-resource/mcp':
        return void json(response, { resource: `${base}/mcp`, authorization_servers: [base], scopes_supported: ['read'] });
      case '/.well-known/oauth-authorization-server':
        return void json(response, {
          issuer: base,
          authorization_endpoint: `${base}/authorize`,
          token_endpoint: `${base}/token`,
          registration_endpoint: `${base}/register`,
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
          grant_types_supported: ['authorization_code', 'refresh_token'],
          token_endpoint_auth_methods_supported: ['none'],
          authorization_response_iss_parameter_supported: true,
        });
      case '/register': {
        const client = JSON.parse(await textOf(request)) as { redirect_uris: string[] };
        noted('register', { redirect: client.redirect_uris.join(' ') });
        return void json(response, { ...client, client_id: randomUUID(), token_endpoint_auth_method: 'none' }, 201);
      }
      case '/authorize': {
        const words = Object.fromEntries(url.searchParams);
        noted('authorize', words);
        const code = randomUUID();
        codes.set(code, words);
        const back = new URL(words['redirect_uri'] ?? '');
        for (const [name, value] of Object.entries({ code, state: words['state'] ?? '', iss: base }))
          back.searchParams.set(name, value);
        return void response.writeHead(302, { location: back.href }).end();
      }
      case '/token': {
        const words = Object.fromEntries(new URLSearchParams(await textOf(request)));
        noted('token', words);
        const code = codes.get(words['code'] ?? '');
        const verified =
          createHash('sha256')
            .update(words['code_verifier'] ?? '')
            .digest('base64url') === code?.['code_challenge'];
        const scope = verified ? code?.['scope'] : refreshable.get(words['refresh_token'] ?? '');
        if (scope === undefined || words['resource'] !== `${base}/mcp`) return void json(response, { error: 'invalid_grant' }, 400);
        const [access, refresh] = [randomUUID(), randomUUID()];
        good.set(access, scope);
        refreshable.set(refresh, scope);
        return void json(response, {
          access_token: access,
          refresh_token: refresh,
          token_type: 'Bearer',
          expires_in: 3_600,
          scope,
        });
      }
      default: {
        const scopes = good.get((request.headers.authorization ?? '').replace('Bearer ', ''))?.split(' ');
        const metadata = `resource_metadata="${base}/.well-known/oauth-protected-resource/mcp"`;
        if (scopes === undefined) return void response.writeHead(401, { 'www-authenticate': `Bearer ${metadata}` }).end();
        const body = await textOf(request);
        if (body.includes('"name":"change"') && !scopes.includes('write'))
          return void response
            .writeHead(403, { 'www-authenticate': `Bearer error="insufficient_scope", scope="write", ${metadata}` })
            .end();
        await handler(request as Parameters<typeof handler>[0], response, body === '' ? undefined : (JSON.parse(body) as unknown));
      }
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    asked,
    good,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
