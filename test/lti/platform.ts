/**
 * A learning platform as LTI 1.3 Advantage describes one, strict where the platforms of universities are: exact redirect addresses, content types,
 * instants of scores that grow, line items with a query, rosters in pages. It is written from the specification, with jose and nothing of the tutor.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, exportJWK, generateKeyPair, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { answerGradeRequest, type GradeBook } from './grade-book.ts';
import { answerMemberRequest, type Member } from './members.ts';

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

const lti = 'https://purl.imsglobal.org/spec/lti/claim';

export interface PlatformUser {
  sub: string;
  name?: string;
  roles: string[];
}

export interface SentLaunch {
  loginAddress: string;
  launchAddress: string;
  deployment?: string;
  user: PlatformUser;
  /** Claims beside the usual ones, or in their place; `undefined` leaves one out. */
  claims?: Record<string, unknown>;
  /** Signs with another key, another kid, or gives other times. */
  forge?: { key?: PrivateKey; kid?: string; exp?: number; iat?: number; alg?: string };
}

export interface SimulatedPlatform extends AsyncDisposable {
  url: string;
  clientId: string;
  /** As it is told to the tutor. */
  settings: Record<string, string>;
  grades: GradeBook;
  members: Member[];
  /** How often its keys were asked for. */
  keysAsked: number;
  /** Requests for tokens, with what was wrong with them. */
  tokens: { scope: string; fault: string | undefined }[];
  /** What a tool has registered. */
  registrations: Record<string, unknown>[];
  /** Users and claims by login_hint, for browsers that come to its authorization address. */
  launches: Map<string, SentLaunch>;
  /** Where it finds the keys of the tool. */
  toolKeys: string;
  rotate(): Promise<void>;
  idToken(launch: SentLaunch, nonce: string): Promise<string>;
  /** What a browser would post to the launch address, after the tool redirected it to `authorization`. */
  authorize(authorization: string): Promise<{ address: string; form: Record<string, string> }>;
  verify(jwt: string): Promise<JWTPayload>;
  /** Answers on top of the standard's, e.g. the page of a course. */
  pages: Map<string, string>;
}

export const learner = 'http://purl.imsglobal.org/vocab/lis/v2/membership#Learner';
export const instructor = 'http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor';

interface SigningKey {
  kid: string;
  key: PrivateKey;
  jwk: JWK;
}

async function newSigningKey(): Promise<SigningKey> {
  const kid = randomUUID();
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return { kid, key: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}

export async function openPlatform({ now = () => new Date() }: { now?: () => Date } = {}): Promise<SimulatedPlatform> {
  let signing = await newSigningKey();
  const given = new Map<string, { scope: string; until: number }>();
  const assertions = new Set<string>();
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clientId = `client-${randomUUID().slice(0, 8)}`;
  const scopeOf = (request: IncomingMessage): string => {
    const token = given.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    return token !== undefined && token.until > Date.now() ? token.scope : '';
  };

  async function verify(jwt: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(jwt, createRemoteJWKSet(new URL(platform.toolKeys)), {
      algorithms: ['RS256'],
      issuer: clientId,
      requiredClaims: ['exp', 'iat'],
      currentDate: now(),
    });
    return payload;
  }

  async function token(form: URLSearchParams): Promise<[number, object]> {
    const fault = async () => {
      if (form.get('grant_type') !== 'client_credentials') return 'unsupported_grant_type';
      if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') return 'invalid_request';
      const { sub, aud, jti, exp = 0, iat = 0 } = await verify(form.get('client_assertion') ?? '');
      if (sub !== clientId || aud !== `${url}/token` || jti === undefined || assertions.has(jti) || exp - iat > 3_600)
        return 'invalid_client';
      assertions.add(jti);
      return undefined;
    };
    const wrong = await fault().catch((error: unknown) => `invalid_client ${String(error)}`);
    const scope = form.get('scope') ?? '';
    platform.tokens.push({ scope, fault: wrong });
    if (wrong !== undefined) return [400, { error: wrong }];
    const access = randomUUID();
    given.set(access, { scope, until: Date.now() + 3_600_000 });
    return [200, { access_token: access, token_type: 'Bearer', expires_in: 3_600, scope }];
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = new URL(request.url ?? '/', url);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const send = (status: number, value: unknown, headers: Record<string, string> = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
    const page = platform.pages.get(asked.pathname);
    if (page !== undefined) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
      return;
    }
    if (asked.pathname === '/jwks') {
      platform.keysAsked += 1;
      send(200, { keys: [signing.jwk] });
    } else if (asked.pathname === '/token') {
      const [status, value] = await token(new URLSearchParams(body));
      send(status, value);
    } else if (asked.pathname === '/auth') {
      const { address, form } = await platform.authorize(asked.href);
      const fields = Object.entries(form).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
      const html = `<form method="post" action="${address}">${fields.join('')}</form><script>document.forms[0].submit()</script>`;
      response.writeHead(200, { 'content-type': 'text/html' }).end(html);
    } else if (asked.pathname === '/configuration') {
      send(200, {
        issuer: url,
        authorization_endpoint: `${url}/auth`,
        registration_endpoint: `${url}/register`,
        jwks_uri: `${url}/jwks`,
        token_endpoint: `${url}/token`,
      });
    } else if (asked.pathname === '/register') {
      if (request.headers.authorization !== 'Bearer of-the-platform') {
        send(401, {});
        return;
      }
      const registration = JSON.parse(body) as Record<string, unknown>;
      platform.registrations.push(registration);
      const tool = { ...(registration[`https://purl.imsglobal.org/spec/lti-tool-configuration`] as object), deployment_id: '1' };
      send(200, { ...registration, client_id: clientId, 'https://purl.imsglobal.org/spec/lti-tool-configuration': tool });
    } else if (asked.pathname.startsWith('/members'))
      answerMemberRequest(platform, { asked, scope: scopeOf(request), request, send });
    else answerGradeRequest(platform, { asked, scope: scopeOf(request), request, response, body, send });
  }

  const platform: SimulatedPlatform = {
    url,
    clientId,
    settings: {
      name: 'Campus',
      issuer: url,
      clientId,
      authorizationUrl: `${url}/auth`,
      tokenUrl: `${url}/token`,
      jwksUrl: `${url}/jwks`,
    },
    grades: { items: [], scores: new Map(), posts: [], faults: [] },
    members: [],
    keysAsked: 0,
    tokens: [],
    registrations: [],
    launches: new Map(),
    toolKeys: '',
    pages: new Map(),
    verify,
    async rotate() {
      signing = await newSigningKey();
    },
    idToken({ deployment = '1', user, claims = {}, forge = {}, launchAddress }, nonce) {
      const { sub, name, roles } = user;
      const at = Math.floor(now().getTime() / 1000);
      const payload = {
        sub,
        nonce,
        aud: clientId,
        iss: url,
        ...(name === undefined ? {} : { name }),
        [`${lti}/version`]: '1.3.0',
        [`${lti}/message_type`]: 'LtiResourceLinkRequest',
        [`${lti}/deployment_id`]: deployment,
        [`${lti}/target_link_uri`]: launchAddress,
        [`${lti}/roles`]: roles,
        [`${lti}/context`]: { id: 'course-1', label: 'LTI1', title: 'Programación 1' },
        [`${lti}/resource_link`]: { id: 'link-1', title: 'El doble' },
        'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice': {
          context_memberships_url: `${url}/members?course=1`,
          service_versions: ['2.0'],
        },
        iat: forge.iat ?? at,
        exp: forge.exp ?? at + 300,
        ...claims,
      };
      return new SignJWT(payload as JWTPayload)
        .setProtectedHeader({ alg: forge.alg ?? 'RS256', kid: forge.kid ?? signing.kid, typ: 'JWT' })
        .sign(forge.key ?? signing.key);
    },
    async authorize(authorization) {
      const asked = new URL(authorization);
      const get = (name: string) => asked.searchParams.get(name) ?? '';
      const launch = platform.launches.get(get('login_hint'));
      const wanted = {
        scope: 'openid',
        response_type: 'id_token',
        response_mode: 'form_post',
        prompt: 'none',
        client_id: clientId,
      };
      const wrong = Object.entries(wanted).find(([name, value]) => get(name) !== value)?.[0];
      if (asked.origin + asked.pathname !== `${url}/auth` || wrong !== undefined || launch === undefined || get('nonce') === '')
        throw new Error(`The request to authorize is wrong: ${wrong ?? authorization}`);
      if (get('redirect_uri') !== launch.launchAddress)
        throw new Error(`Not a redirect address of this tool: ${get('redirect_uri')}`);
      return {
        address: get('redirect_uri'),
        form: { state: get('state'), id_token: await platform.idToken(launch, get('nonce')) },
      };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
  return platform;
}
