import { afterAll, describe, expect, it } from 'vitest';
import { channels, type Fault } from '../src/diagnostics.ts';
import { safeNotes } from './notes-agent.ts';
import { startReleases } from './releases.ts';
import { freshStoreEnvironment, storeKinds } from './stores.ts';

const later = { ...safeNotes, version: '1.1.0', prompt: 'You are UNSAFE.' };

/** What has not the code of the canary. */
const strangers = {
  'another project': [{ ...safeNotes, name: 'diary' }],
  'the version before, which is not rolled out everywhere yet': [safeNotes],
  'the same version before somebody marked its rule': [safeNotes, { ...later, policy: safeNotes.policy.map(unmarked) }],
};

function unmarked({ safety: _mark, ...rule }: (typeof safeNotes)['policy'][number]) {
  return rule;
}

describe.each(storeKinds)('a release that a process without its code looks at first (%s)', (kind) => {
  const removals: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const remove of removals.reverse()) await remove();
  });

  /** Processes with several projects on one store; the embedded one lets in one after the other. */
  async function house() {
    const { environment, remove } = await freshStoreEnvironment(kind);
    removals.push(remove);
    const inside: Awaited<ReturnType<typeof startReleases>>[] = [];
    const empty = async () => {
      for (const each of inside.splice(0)) await each.close(false);
    };
    removals.push(empty);
    return async (agents: object[], options: Parameters<typeof startReleases>[1] = {}) => {
      if (kind === 'embedded') await empty();
      const started = await startReleases(kind, { ...options, environment, project: { agents } });
      inside.push(started);
      return started;
    };
  }

  it.each(Object.entries(strangers))('is rolled back for a refusal by a safety rule: %s', async (_what, agents) => {
    const open = await house();
    const owner = await open([safeNotes, later]);
    const { id } = await owner.release({ codeVersion: '1.1.0' }, { steps: [{ percentage: 50, bakeMinutes: 0 }] });
    const met = await owner.talk(20);
    expect(met.some(({ arm }) => arm === 'canary')).toBe(true);

    const stranger = await open(agents);
    await stranger.timonel.releases.inForce.read();
    expect(stranger.timonel.releases.inForce.running()).toMatchObject([{ id }]);
    await stranger.look();
    expect(await stranger.show(id)).toMatchObject({ status: 'running', standing: null });

    const other = await open([safeNotes, later]);
    await other.look();
    expect(await other.show(id)).toMatchObject({ status: 'rolled-back', reason: expect.stringContaining('safety rule refused') });
  });

  it('is told of once where nobody has its code for long, and again after somebody had it', async () => {
    const faults: string[] = [];
    const listen = (message: unknown) => {
      const { what, error } = message as Fault;
      if (what.startsWith('watching the release')) faults.push(`${what}: ${String(error)}`);
    };
    channels.fault.subscribe(listen);
    removals.push(async () => void channels.fault.unsubscribe(listen));
    let minutes = 0;
    const clock = { now: () => new Date(Date.now() + minutes * 60_000) };
    const open = await house();
    const owner = await open([safeNotes, later], clock);
    const { id, canary } = await owner.release({ codeVersion: '1.1.0' });

    const stranger = await open([safeNotes], clock);
    const seen = async () => {
      await stranger.timonel.releases.inForce.read();
      await stranger.look();
      return faults.length;
    };
    expect(await seen()).toBe(0);
    // Tests look every ten minutes: three looks that nobody took.
    minutes = 29;
    expect(await seen()).toBe(0);
    minutes = 31;
    expect(await seen()).toBe(1);
    expect(faults[0]).toContain(`watching the release ${id} of notes: Error: Nobody has looked at it since`);
    expect(faults[0]).toContain(`has the code of ${canary}`);
    expect(await seen()).toBe(1);
    if (kind === 'embedded') return;
    await owner.look();
    expect(await seen()).toBe(1);
    minutes = 62;
    expect(await seen()).toBe(2);
  });
});
