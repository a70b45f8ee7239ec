import { hash as argon2, parseOptions } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { Passwords } from './passwords.ts';

const passwords = new Passwords({ concurrency: 2, longestQueue: 100 });
const phrase = 'correcto caballo batería grapa';

describe('passwords', () => {
  it('are hashed with argon2id, 64 MiB, three passes, and each with a salt of its own', async () => {
    const [one, two] = await Promise.all([passwords.hash(phrase), passwords.hash(phrase)]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
    expect(parseOptions(one).saltLen).toBeGreaterThanOrEqual(16);
    expect(one).not.toBe(two);
    expect(await passwords.verify(one, phrase)).toEqual({ valid: true, rehash: false });
    expect(await passwords.verify(one, `${phrase}s`)).toEqual({ valid: false, rehash: false });
  });

  it('are the same from a keyboard that composes its accents', async () => {
    const hash = await passwords.hash('contraseña ágil'.normalize('NFC'));
    expect(await passwords.verify(hash, 'contraseña ágil'.normalize('NFD'))).toMatchObject({ valid: true });
  });

  it('are nobody’s without a hash, or with one that is none', async () => {
    for (const hash of [undefined, '', 'plain text', '$argon2id$v=19$m=65536,t=3,p=1$broken', '$2b$12$broken'])
      expect(await passwords.verify(hash, phrase)).toEqual({ valid: false, rehash: false });
  });

  it('take as long for nobody as for a wrong one', async () => {
    const hash = await passwords.hash(phrase);
    await passwords.verify(undefined, 'the first one makes the decoy');
    const times = { wrong: [] as number[], nobody: [] as number[] };
    for (let round = 0; round < 9; round++) {
      for (const [kind, of] of [
        ['wrong', hash],
        ['nobody', undefined],
      ] as const) {
        const started = process.cpuUsage();
        await passwords.verify(of, 'not this one');
        const { user, system } = process.cpuUsage(started);
        times[kind].push(user + system);
      }
    }
    const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
    const ratio = median(times.nobody) / median(times.wrong);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it('that are wrong take as long for an imported account as for nobody', async () => {
    const mixed = new Passwords({ concurrency: 1, longestQueue: 100 });
    // Several times what argon2 takes.
    const imported = await bcrypt(phrase, 13);
    await mixed.verify(imported, 'the first one shows what it costs');
    await mixed.verify(undefined, 'and makes the decoy');
    const timed = async (hash: string | undefined) => {
      const started = performance.now();
      await mixed.verify(hash, 'not this one');
      return performance.now() - started;
    };
    // What answers sooner waits, so that it is time that counts, and not the processor. A machine that is busy elsewhere disturbs single rounds.
    const ratios: number[] = [];
    for (let round = 0; round < 9 && !ratios.some((ratio) => ratio > 0.6); round++) {
      const nobody = await timed(undefined);
      ratios.push(nobody / (await timed(imported)));
    }
    expect(Math.max(...ratios)).toBeGreaterThan(0.6);
  });

  it('are verified with an older argon2 and with bcrypt, and are to be hashed anew then', async () => {
    const weaker = await argon2(phrase, { memoryCost: 19_456, timeCost: 2 });
    expect(await passwords.verify(weaker, phrase)).toEqual({ valid: true, rehash: true });
    expect(await passwords.verify(weaker, 'wrong')).toEqual({ valid: false, rehash: false });
    const imported = await bcrypt(phrase, 4);
    expect(await passwords.verify(imported, phrase)).toEqual({ valid: true, rehash: true });
    expect(await passwords.verify(imported, 'wrong')).toEqual({ valid: false, rehash: false });
  });

  it('of more than 72 bytes are not taken for a bcrypt hash, which would see their beginning only', async () => {
    const beginning = 'ñ'.repeat(36);
    const imported = await bcrypt(beginning, 4);
    expect(await passwords.verify(imported, beginning)).toMatchObject({ valid: true });
    expect(await passwords.verify(imported, `${beginning}anything`)).toEqual({ valid: false, rehash: false });
  });

  it('wait for their turn up to a number, and are refused beyond', async () => {
    const busy = new Passwords({ concurrency: 1, longestQueue: 2 });
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => busy.verify(undefined, phrase)));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(answers[4]).toMatchObject({ reason: { code: 'overloaded', retryable: true } });
    // And the place is free again afterwards.
    expect(await busy.verify(undefined, phrase)).toMatchObject({ valid: false });
  });
});
