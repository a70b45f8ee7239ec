import { generateSync } from 'otplib';
import { describe, expect, it } from 'vitest';
import { onEachStore } from '../../test/stores.ts';
import { readSettings } from '../config.ts';
import { hashRecoveryCode, makeRecoveryCodes, recoveryCodeCount } from './recovery-codes.ts';
import { Sealer } from './sealed.ts';
import { ServerKeys } from './secrets.ts';
import { enrolTotp, verifyTotp } from './totp.ts';

/** RFC 6238, appendix B, SHA-1: the last six of its eight digits. The secret is "12345678901234567890". */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const vectors: [seconds: number, digits: string][] = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
];

describe('a second factor', () => {
  it.each(vectors)('gives the code of RFC 6238 at %i seconds', (seconds, digits) => {
    expect(verifyTotp(secret, digits.slice(2), undefined, seconds * 1000)).toBe(Math.floor(seconds / 30));
  });

  const step = 41_152_263;
  const at = step * 30_000 + 10_000;
  const codeOf = (offset: number) => generateSync({ secret, epoch: (step + offset) * 30 });

  it('takes a clock that is wrong by one step, and no more', () => {
    expect([-2, -1, 0, 1, 2].map((offset) => verifyTotp(secret, codeOf(offset), undefined, at))).toEqual([
      undefined,
      step - 1,
      step,
      step + 1,
      undefined,
    ]);
  });

  it('takes no code twice, nor one from before the last', () => {
    const used = verifyTotp(secret, codeOf(0), undefined, at);
    expect(verifyTotp(secret, codeOf(0), used, at)).toBeUndefined();
    expect(verifyTotp(secret, codeOf(-1), used, at)).toBeUndefined();
    expect(verifyTotp(secret, codeOf(1), used, at)).toBe(step + 1);
  });

  it('goes on refusing where the clock was set back since', () => {
    expect(verifyTotp(secret, codeOf(0), step + 1_000, at)).toBeUndefined();
  });

  it('reads a code as people type it, and nothing else as one', () => {
    const code = codeOf(0);
    expect(verifyTotp(secret, ` ${code.slice(0, 3)} ${code.slice(3)}`, undefined, at)).toBe(step);
    for (const text of ['', '12345', '1234567', 'abcdef', '１２３４５６', `${code}0`])
      expect([text, verifyTotp(secret, text, undefined, at)]).toEqual([text, undefined]);
  });

  it('is enrolled with a secret of 160 bits and an address that apps scan', () => {
    const { secret: fresh, uri } = enrolTotp('inés@example.com');
    expect(fresh).toMatch(/^[A-Z2-7]{32}$/);
    const url = new URL(uri);
    expect([url.protocol, url.host, decodeURIComponent(url.pathname)]).toEqual(['otpauth:', 'totp', '/Timonel:inés@example.com']);
    expect(url.searchParams.get('secret')).toBe(fresh);
    expect(enrolTotp('a@b.c').secret).not.toBe(fresh);
  });
});

describe('recovery codes', () => {
  it('are ten, all different, and read in whatever way they are typed', () => {
    const codes = makeRecoveryCodes();
    expect(new Set(codes).size).toBe(recoveryCodeCount);
    for (const code of codes) {
      expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{6}-){3}[0-9A-HJKMNP-TV-Z]{6}$/);
      const typed = ` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
      expect(hashRecoveryCode(typed)).toEqual(hashRecoveryCode(code));
    }
    expect(hashRecoveryCode(codes[0] ?? '')).not.toEqual(hashRecoveryCode(codes[1] ?? ''));
  });
});

onEachStore('what is sealed', (open) => {
  const old = '3f9c1a7be2d04586917fc3aa52b8e06d4c1f7b9325ae8d60f1429b7e05c3d8fa';
  const fresh = 'pQ0xv5JkZb7TtqfY2mNwG4rLhA9sDcE1uV8oXiK3yRg=';

  it('opens for its owner alone, unchanged, and across a rotation', async () => {
    const { pool } = await open();
    const sealerWith = async (environment: Record<string, string>) =>
      new Sealer(await ServerKeys.open(readSettings(environment), pool), 'totp');
    const before = await sealerWith({ TIMONEL_SECRET: old });
    const sealed = before.seal(secret, 'user-1');
    expect(sealed).not.toContain(secret);
    expect(before.open(sealed, 'user-1')).toBe(secret);
    expect(() => before.open(sealed, 'user-2')).toThrow();
    const [kid, nonce, tag, body = ''] = sealed.split('.');
    expect(() =>
      before.open([kid, nonce, tag, `${body.startsWith('A') ? 'B' : 'A'}${body.slice(1)}`].join('.'), 'user-1'),
    ).toThrow();
    expect(() => before.open([kid, nonce, tag?.slice(0, 6), body].join('.'), 'user-1')).toThrow();

    const during = await sealerWith({ TIMONEL_SECRET: fresh, TIMONEL_SECRET_PREVIOUS: old });
    expect([during.open(sealed, 'user-1'), during.stale(sealed), before.stale(sealed)]).toEqual([secret, true, false]);
    const after = await sealerWith({ TIMONEL_SECRET: fresh });
    expect(after.open(during.seal(secret, 'user-1'), 'user-1')).toBe(secret);
    expect(() => after.open(sealed, 'user-1')).toThrow('TIMONEL_SECRET_PREVIOUS');
  });
});
