/** People for tests, and what they send. */
import { channels, type PrintedMail } from '../../src/diagnostics.ts';
import type { TestTimonel } from '../timonel.ts';

export const goodPassword = 'tres barcos verdes y un faro';

export interface Person {
  id: string;
  email: string;
  accessToken: string;
  refreshToken: string;
  sessionId: string;
  headers: { authorization: string };
}

/** Puts an account into the database, as the command line does; the hash is made once for all. */
export async function addUser(
  { timonel }: TestTimonel,
  user: { email?: string; role?: string; workspaceId?: string; verified?: boolean } = {},
): Promise<{ id: string; email: string }> {
  const id = crypto.randomUUID();
  const email = user.email ?? `${id.slice(0, 8)}@example.com`;
  const { identity } = timonel;
  hashed ??= identity.passwords.hash(goodPassword);
  const passwordHash = await hashed;
  await identity.notices.change(async (client) => {
    const verifiedAt = user.verified === false ? null : new Date();
    await identity.users.create(client, { id, email, name: 'Ana Prueba', passwordHash, verifiedAt });
    await identity.members.add(client, user.workspaceId ?? 'default', id, user.role ?? 'member');
  });
  return { id, email };
}
let hashed: Promise<string> | undefined;

/** Signs in by the front door. */
export async function signIn(at: TestTimonel, user: { id: string; email: string }, more: object = {}): Promise<Person> {
  const { status, body } = await post<SignedIn>(at, '/api/v1/auth/login', { email: user.email, password: goodPassword, ...more });
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
  const { accessToken, refreshToken, sessionId } = body;
  return { ...user, accessToken, refreshToken, sessionId, headers: { authorization: `Bearer ${accessToken}` } };
}

export async function newPerson(at: TestTimonel, user: Parameters<typeof addUser>[1] = {}): Promise<Person> {
  return signIn(at, await addUser(at, user), user.workspaceId === undefined ? {} : { workspace: user.workspaceId });
}

export interface SignedIn {
  accessToken: string;
  refreshToken: string;
  sessionId: string;
  workspaceId: string;
  expiresIn: number;
}

export interface Problem {
  code: string;
  detail: string;
  [member: string]: unknown;
}

/** Sends something without any credentials. */
export async function post<T = Problem>(at: TestTimonel, url: string, body?: object, headers: Record<string, string> = {}) {
  return at.call<T>('POST', url, body, { authorization: undefined, ...headers });
}

/** The mails that are printed from now on. */
export function watchMail(): { mails: PrintedMail[]; stop(): void } {
  const mails: PrintedMail[] = [];
  const listener = (mail: unknown) => mails.push(mail as PrintedMail);
  channels.mailPrinted.subscribe(listener);
  return { mails, stop: () => channels.mailPrinted.unsubscribe(listener) };
}

/** The token in the link of a mail. */
export function tokenIn(mail: PrintedMail | undefined): string {
  return /[?&]token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
}
