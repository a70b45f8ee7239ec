import { generateSync } from 'otplib';
import { describe, expect, it } from 'vitest';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { addUser, goodPassword, type Person, post, type SignedIn, signIn } from './people.ts';

const first = '3f9c1a7be2d04586917fc3aa52b8e06d4c1f7b9325ae8d60f1429b7e05c3d8fa';
const second = 'pQ0xv5JkZb7TtqfY2mNwG4rLhA9sDcE1uV8oXiK3yRg=';
const third = 'c0Tt4hQeYv9XnB1mRk7wLzJ5sPd3uGfA8iKoV2xNqEM=';

describe.each(storeKinds)('a rotation of the secret (%s)', (kind) => {
  it('throws out nobody who is signed in, loses no second factor, and keeps the audit log whole', async () => {
    const { environment, remove } = await freshStoreEnvironment(kind);
    let clock = 0;
    let at: TestTimonel | undefined;
    const restart = async (secrets: Record<string, string>) => {
      await at?.close();
      clock += 60_000;
      at = await startTimonel(
        kind,
        { agents: [notes] },
        { environment: { ...environment, ...secrets }, now: () => new Date(Date.now() + clock) },
      );
      return at;
    };
    const status = async (running: TestTimonel, { headers }: Pick<Person, 'headers'>) =>
      (await running.call('GET', '/api/v1/auth/me', undefined, headers)).status;
    const refresh = async (running: TestTimonel, refreshToken: string) => {
      const { status, body } = await post<SignedIn>(running, '/api/v1/auth/refresh', { refreshToken });
      expect(status).toBe(200);
      return { refreshToken: body.refreshToken, headers: { authorization: `Bearer ${body.accessToken}` } };
    };
    const signInWithCode = (running: TestTimonel, user: { id: string; email: string }, secret: string) =>
      signIn(running, user, { code: generateSync({ secret, epoch: (Date.now() + clock) / 1000 }) });

    const before = await restart({ TIMONEL_SECRET: first });
    const user = await addUser(before, { role: 'admin' });
    const person = await signIn(before, user);
    const guarded = await addUser(before);
    const enrolled = await signIn(before, guarded);
    const { body: enrolment } = await before.call<{ secret: string }>(
      'POST',
      '/api/v1/auth/second-factor',
      { password: goodPassword },
      enrolled.headers,
    );
    const code = generateSync({ secret: enrolment.secret, epoch: (Date.now() + clock) / 1000 });
    const confirmed = await before.call(
      'POST',
      '/api/v1/auth/second-factor/confirm',
      { code, password: goodPassword },
      enrolled.headers,
    );
    expect(confirmed.status).toBe(200);

    // Both are valid: what the old one signed, and what the new one signs.
    const during = await restart({ TIMONEL_SECRET: second, TIMONEL_SECRET_PREVIOUS: first });
    expect(await status(during, person)).toBe(200);
    const renewed = await refresh(during, person.refreshToken);
    await signInWithCode(during, guarded, enrolment.secret);

    // The old one is gone: who was here meanwhile has tokens of the new one.
    const after = await restart({ TIMONEL_SECRET: second });
    expect(await status(after, person)).toBe(401);
    expect(await status(after, renewed)).toBe(200);
    const again = await refresh(after, renewed.refreshToken);
    await signInWithCode(after, guarded, enrolment.secret);

    // Once more, though nobody signed in between: what lasts longer than a session was sealed anew at the start.
    await restart({ TIMONEL_SECRET: third, TIMONEL_SECRET_PREVIOUS: second });
    const last = await restart({ TIMONEL_SECRET: third });
    await signInWithCode(last, guarded, enrolment.secret);
    const survivor = await refresh(last, again.refreshToken);
    expect(await last.call('GET', '/api/v1/audit/verification', undefined, survivor.headers)).toMatchObject({
      body: { intact: true },
    });
    await last.close();
    await remove();
  });

  it('that forgets the secret before ends access tokens, forged ones too, and no session; recovery codes open', async () => {
    const { environment, remove } = await freshStoreEnvironment(kind);
    const before = await startTimonel(kind, { agents: [notes] }, { environment: { ...environment, TIMONEL_SECRET: first } });
    const person = await signIn(before, await addUser(before));
    const guarded = await addUser(before);
    const enrolled = await signIn(before, guarded);
    const enrol = <T>(path: string, body: object) =>
      before.call<T>('POST', `/api/v1/auth/second-factor${path}`, body, enrolled.headers);
    const { body: enrolment } = await enrol<{ secret: string }>('', { password: goodPassword });
    const code = generateSync({ secret: enrolment.secret });
    const { body: confirmed } = await enrol<{ recoveryCodes: string[] }>('/confirm', { code, password: goodPassword });
    await before.close();
    const after = await startTimonel(kind, { agents: [notes] }, { environment: { ...environment, TIMONEL_SECRET: second } });
    expect((await after.call('GET', '/api/v1/auth/me', undefined, person.headers)).status).toBe(401);
    expect((await post(after, '/api/v1/auth/refresh', { refreshToken: person.refreshToken })).status).toBe(200);
    // Nobody can check the app's codes any more; those on paper still open.
    const later = generateSync({ secret: enrolment.secret, epoch: Date.now() / 1000 + 30 });
    await expect(signIn(after, guarded, { code: later })).rejects.toThrow('credentials_refused');
    await signIn(after, guarded, { code: confirmed.recoveryCodes[0] });
    await after.close();
    await remove();
  });
});
