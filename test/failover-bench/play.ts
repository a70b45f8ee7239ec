/** Plays the cases of FailoverBench against a system that stands before the faulty provider. */
import type { FaultyProvider, Pace } from '../faulty-provider/server.ts';
import { callModel } from '../model-caller.ts';
import { cases } from './catalogue.ts';
import type { Case, Outcome } from './outcome.ts';
import { type Score, scoreOf } from './score.ts';

/** What is to be scored. */
export interface System {
  /** Base URL with `/v1`. */
  url: string;
  key: string;
  /** Whether it can have a second model. */
  hasFallback: boolean;
  /** The name under which it offers a case's route, and a healthy model. */
  modelOf(scenario: Case): string;
  healthyModel: string;
}

/** `full` is the published profile; `fast` shortens what is long, and keeps the limits. */
export interface Profile extends Pace {
  sequence: { count: number; intervalSeconds: number; deadline: number };
}

export const profiles = {
  full: { scale: 1, tokenMs: 15, sequence: { count: 20, intervalSeconds: 4, deadline: 30 } },
  fast: { scale: 0.1, tokenMs: 2, sequence: { count: 10, intervalSeconds: 1.2, deadline: 10 } },
} as const satisfies Record<string, Profile>;

/** The models of a case at the provider: names of its own, so that cases can be played at the same time. */
export const modelsOf = ({ id, primary, fallback }: Case) => ({
  primary: `${primary}-for-${id.toLowerCase()}`,
  fallback: `${fallback}-for-${id.toLowerCase()}`,
});

const downSeconds = 60;

export async function playCase(system: System, provider: FaultyProvider, profile: Profile, scenario: Case): Promise<Score> {
  const { primary, fallback } = modelsOf(scenario);
  const model = system.modelOf(scenario);
  const { url, key } = system;
  const started = performance.now();
  const calls: Outcome['calls'][number][] = [];
  const { count, intervalSeconds, deadline } =
    scenario.sequence === true ? profile.sequence : { count: 1, intervalSeconds: 0, deadline: scenario.deadline };
  for (let index = 0; index < count; index += 1) {
    const due = started + index * intervalSeconds * 1_000 - performance.now();
    if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
    const askedAt = performance.now();
    calls.push({ ...(await callModel({ url, key, model, deadlineMs: deadline * 1_000 })), askedAt });
  }
  const seconds = (performance.now() - started) / 1_000;
  const probe = await callModel({ url, key, model: system.healthyModel, stream: false, deadlineMs: 10_000 });
  const outcome: Outcome = {
    calls,
    primary: provider.exchanges(primary),
    fallback: provider.exchanges(fallback),
    fallbackModel: fallback,
    seconds,
    alive: probe.outcome === 'success',
    downMs: downSeconds * profile.scale * 1_000,
  };
  return scoreOf(scenario, outcome, system.hasFallback);
}

/** All sixteen at the same time. */
export function playAll(system: System, provider: FaultyProvider, profile: Profile): Promise<Score[]> {
  return Promise.all(cases.map((scenario) => playCase(system, provider, profile, scenario)));
}
