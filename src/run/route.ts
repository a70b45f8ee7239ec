/** Routes of an agent: what resources and commands do not cover. */
import type { ZodObject, ZodType } from 'zod';
import type { ToolArtifacts } from '../artifacts/contract.ts';
import type { OpenedLink } from '../identity/agent-links.ts';
import type { ReachesOutside } from '../identity/outside.ts';
import type { Permission } from '../identity/permissions.ts';
import type { Origin, Principal } from '../identity/principal.ts';
import type { AgentAccounts } from '../identity/vouched.ts';
import type { CompletesCalls, ScheduleInAgent, WorkspaceAccess } from '../tools/contract.ts';
import type { CountsMetrics } from '../tools/metrics.ts';
import type { SendsMessages } from '../tools/send.ts';

/**
 * What a route works with. A change (any method but `GET`) is one transaction, together with its entry in the audit log; a route with `asksOutside` is not.
 */
export interface RouteContext extends WorkspaceAccess, ReachesOutside, CompletesCalls, SendsMessages, CountsMetrics {
  /** Who asks; absent in a public route and in a linked one. */
  readonly principal: Principal | undefined;
  /** What the link that let the caller in is for; in a route with `linked` only. */
  readonly link: OpenedLink | undefined;
  /** The agent's artifacts; where the request is a change, in its transaction. */
  readonly artifacts: ToolArtifacts;
  /** Where the request is a change, in its transaction. */
  readonly schedule: ScheduleInAgent;
  /** Accounts of people for whom the agent vouches. Only in a `GET`, and in a route with `asksOutside`: it has transactions of its own. */
  readonly accounts: AgentAccounts;
}

/** A request to a route, checked by its schemas. */
export interface RouteRequest<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  /** The bytes as they came, in a route with `raw`. */
  readonly body: Body;
  /** In small letters; several of a name are joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** Cookies that pages of this agent set, by name. */
  readonly cookies: Readonly<Record<string, string>>;
}

/** A cookie of an agent. It goes to this server only, over HTTPS (browsers make an exception for localhost), and scripts cannot read it. */
export interface PageCookie {
  /** Letters, digits and hyphens, up to 40. Names of different agents do not meet. */
  name: string;
  /** Up to 2,000 characters of `A-Za-z0-9._~-`; "" takes it away. */
  value: string;
  /** Seconds. */
  maxAge: number;
  /**
   * Sent also within a frame on a page of another site, and where another site posts a form here. It is partitioned: a browser without third-party
   * cookies keeps one for each site around the frame.
   */
  crossSite?: true;
}

/** What a route with `page` answers. */
export type PageAnswer =
  | {
      kind: 'page';
      /** The document. Its policy lets nothing run or load but `<script nonce>` and `<style nonce>`, and requests to this server. */
      html(nonce: string): string;
      /** 200 where absent. */
      status?: number;
      /** Origins of pages that may show it in a frame; none where absent. */
      framedBy?: readonly string[];
      /** Origins that its forms may be sent to, beside this server's. */
      postsTo?: readonly string[];
      cookies?: readonly PageCookie[];
    }
  | {
      kind: 'redirect';
      /** `https://…`, `http://…`, or a path of this server. Sent as 303, so that a form that was posted is not posted there. */
      to: string;
      cookies?: readonly PageCookie[];
    };

/** A route of an agent, at `/api/v1/agents/<agent><path>`. */
export interface AgentRoute<Params = unknown, Query = unknown, Body = unknown, Answer = unknown> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /**
   * `/overdue`, `/loans/:card/letter`: words in kebab-case, and parameters. The first is a word that none of Timonel's addresses and none of the agent's
   * resources has.
   */
  path: string;
  /** One sentence for the documentation of the API. */
  summary: string;
  description?: string;
  /** What callers need; the same request counts against their rate limits. */
  permission?: Permission;
  /**
   * For everybody, in place of a permission: `?workspace=` names the workspace (`default` where absent), and an address may ask 60 times a minute.
   * The route finds out itself what the caller is worth, e.g. by a signature.
   */
  public?: true;
  /**
   * For those who hold a link that `context.links.to` made, in place of a permission: `?link=…` names the workspace and the subject, `context.link` has
   * it. A link that was changed, is of another agent or path, or has expired is refused before `handle`. One link may ask 60 times a minute, and with
   * `page` a refusal is a page that says so.
   */
  linked?: true;
  /** Requests of an address in a minute and process, in a public or linked route; 60 where absent, 6,000 at most. A campus is one address. */
  perMinute?: number;
  params?: ZodObject & ZodType<Params>;
  query?: ZodObject & ZodType<Query>;
  body?: ZodType<Body>;
  /** The body is handed over as it came, up to 1 MiB: for signatures over its bytes. Not with `body`. */
  raw?: true;
  /**
   * It asks a system of somebody else, or uses `accounts`: no transaction is open while it works, and each `query` is one of its own. The audit log has
   * it once it is done.
   */
  asksOutside?: true;
  /** Answers a page or a redirect, for browsers. Not with `answer`. */
  page?: true;
  /** Shape of the JSON that is answered with 200; 204 without it. What `handle` gives is checked by it. */
  answer?: ZodType<Answer>;
  /** `handle` gives a text of this type, e.g. `text/calendar; charset=utf-8`, which is answered with 200 as it is. Not with `answer`. */
  mediaType?: string;
  /** @throws TimonelError: answered as the problem that it is; anything else is a fault, and 500 */
  handle(request: RouteRequest<Params, Query, Body>, context: RouteContext): Promise<Answer>;
}

/** A route of any shape, as agents hold them. */
// biome-ignore lint/suspicious/noExplicitAny: a list of routes holds routes of different shapes; each request is checked by its own schemas first
export type AnyRoute = AgentRoute<any, any, any, any>;

/** A request to a route of an agent. */
export interface RouteCall {
  agent: string;
  route: AnyRoute;
  /** Who asks; in a public route the workspace that the request names, in a linked one the link. */
  by: { principal: Principal } | { workspaceId: string } | { link: string };
  origin: Origin & { requestId: string };
  request: RouteRequest<unknown, unknown, unknown>;
}

/** First words of Timonel's own addresses below an agent's. */
export const takenWords: ReadonlySet<string> = new Set([
  'versions',
  'resources',
  'commands',
  'explain',
  'rehearsals',
  'evaluations',
  'releases',
  'state',
]);

/** An agent, as far as its routes are concerned. */
export interface RoutedAgent {
  name: string;
  routes?: readonly AnyRoute[];
  resources?: readonly { name: string }[];
}

/** What is wrong with the routes of an agent, each in a sentence that says what would be right. */
export function routeFaults({ routes = [], resources = [] }: RoutedAgent): string[] {
  const seen = new Set<string>();
  return routes.flatMap((route) => {
    const { method, path, summary, body, raw, page, answer, mediaType, perMinute } = route;
    const wrong = (what: string) => [`route ${method} ${path}: ${what}`];
    if (!['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method))
      return wrong('method must be GET, POST, PUT, PATCH or DELETE.');
    if (typeof path !== 'string' || !/^\/[a-z][a-z0-9-]*(\/([a-z][a-z0-9-]*|:[a-z][A-Za-z0-9]*))*$/.test(path) || path.length > 200)
      return wrong('path must begin with a word, e.g. /overdue or /loans/:card/letter.');
    const [, first = ''] = path.split('/');
    if (takenWords.has(first)) return wrong(`Timonel has addresses at /${first} already. Begin with another word.`);
    if (resources.some(({ name }) => name === first)) return wrong(`the resource "${first}" is there. Begin with another word.`);
    if (typeof summary !== 'string' || summary.trim() === '') return wrong('summary must say in one sentence what it does.');
    if ([route.permission, route.public, route.linked].filter((each) => each !== undefined).length !== 1)
      return wrong(`say who may use it: permission: '<agent>:…', public: true or linked: true, and one only.`);
    if (method === 'GET' && (body !== undefined || raw === true)) return wrong('a GET has no body.');
    if (body !== undefined && raw === true) return wrong('raw hands the bytes over unread, so body checks nothing. Leave one out.');
    if (mediaType !== undefined && answer !== undefined)
      return wrong('mediaType answers a text, so answer checks nothing. Leave one out.');
    if (mediaType !== undefined && (!/^text\/[a-z0-9.+-]+(; charset=utf-8)?$/.test(mediaType) || /^text\/html/.test(mediaType)))
      return wrong('mediaType must be a kind of text that browsers do not run, e.g. text/calendar; charset=utf-8.');
    if (page === true && (answer !== undefined || mediaType !== undefined))
      return wrong('a page has no JSON or text to check. Leave answer and mediaType out.');
    if (
      perMinute !== undefined &&
      !(route.permission === undefined && Number.isInteger(perMinute) && perMinute >= 1 && perMinute <= 6_000)
    )
      return wrong('perMinute is for public and linked routes, and a whole number from 1 to 6000.');
    const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
    const declared = Object.keys(route.params?.shape ?? {});
    const missing = named.find((name) => !declared.includes(name)) ?? declared.find((name) => !named.includes(name));
    if (missing !== undefined)
      return wrong(`params must have a schema for each parameter of its path and no other; "${missing}" is not in both.`);
    if (Object.hasOwn(route.query?.shape ?? {}, 'workspace') && route.public === true)
      return wrong('"workspace" in the query names the workspace. Call yours otherwise.');
    if (Object.hasOwn(route.query?.shape ?? {}, 'link') && route.linked === true)
      return wrong('"link" in the query is the link. Call yours otherwise.');
    const shape = `${method} ${path.replaceAll(/:\w+/g, ':')}`;
    if (seen.has(shape)) return wrong('it is there twice.');
    seen.add(shape);
    return [];
  });
}
