/** A Timonel before the faulty provider: both doors, both kinds of provider, each combination with models, attempts and breakers of its own. */
import type { AgentDefinition } from '../../src/run/contract.ts';
import { type BehaviourName, behaviourNames } from '../faulty-provider/faults.ts';
import { type Exchange, type FaultyProvider, startFaultyProvider } from '../faulty-provider/server.ts';
import { type Called, type CallProtocol, callModel, closeCaller, type Question } from '../model-caller.ts';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

/** One way from a caller to a model. */
export interface Way {
  door: CallProtocol;
  /** The protocol that the provider is spoken to in; where it is the door's, the answer is passed through. */
  upstream: CallProtocol;
  stream: boolean;
  /** Whether the route has a second, healthy target. */
  fallback: boolean;
}

export const ways: readonly Way[] = [true, false].flatMap((fallback) =>
  [true, false].flatMap((stream) =>
    (['openai', 'anthropic'] as const).flatMap((door) =>
      (['openai', 'anthropic'] as const).map((upstream) => ({ door, upstream, stream, fallback })),
    ),
  ),
);

export const nameOf = ({ door, upstream, stream, fallback }: Way) =>
  `${door} door, ${upstream} provider, ${stream ? 'stream' : 'whole'}${fallback ? ', with a fallback' : ''}`;

const tagOf = ({ door, upstream, stream, fallback }: Way) => `${door[0]}${upstream[0]}${stream ? 's' : 'w'}${fallback ? '2' : '1'}`;

const providerNames = { openai: 'configured', anthropic: 'anthropic' } as const;

/** Names of one behaviour on one way. */
export function namesOf(behaviour: string, way: Way) {
  const tag = tagOf(way);
  const provider = providerNames[way.upstream];
  const [primary, fallback] = [`${behaviour}-for-${tag}`, `ok-for-${behaviour}-${tag}`];
  return {
    alias: `${behaviour}-${tag}`,
    primary,
    fallback,
    primaryTarget: `${provider}/${primary}`,
    fallbackTarget: `${provider}/${fallback}`,
  };
}

export const providerKey = 'canary-provider-key';

/** Faults take a fifth of their time. */
export const scale = 0.2;

/** Nothing here takes so long, however busy the machine is. */
export const patient = { firstTokenMs: 30_000, idleMs: 30_000, totalMs: 60_000 };

/** Limits of a route: short for what is slow, well under its time; else none that a busy machine could reach. */
export function timeoutsOf(behaviour: BehaviourName) {
  const slow = /^(slow|silent|stalls)/.test(behaviour);
  return slow ? { firstTokenMs: 2_500, idleMs: 2_500, totalMs: 10_000 } : patient;
}

export interface FaultyGateway {
  provider: FaultyProvider;
  timonel: TestTimonel;
  /** Base URL with `/v1`. */
  url: string;
  /** Asks a behaviour's route on that way. */
  ask(behaviour: string, way: Way, question?: Partial<Question>): Promise<Asked>;
  close(): Promise<void>;
}

export interface Asked {
  called: Called;
  primary: Exchange[];
  fallback: Exchange[];
}

export async function startFaultyGateway(
  routes: object = {},
  agents: readonly AgentDefinition[] = [notes],
  prices: Readonly<Record<string, { input: number; output: number }>> = {},
): Promise<FaultyGateway> {
  const provider = await startFaultyProvider({ scale, tokenMs: 0 });
  const { environment, remove } = await freshStoreEnvironment('embedded');
  const all = behaviourNames.flatMap((behaviour) =>
    ways.map((way) => {
      const { alias, primaryTarget, fallbackTarget } = namesOf(behaviour, way);
      const targets = [{ model: primaryTarget }, ...(way.fallback ? [{ model: fallbackTarget }] : [])];
      return [alias, { targets, timeouts: timeoutsOf(behaviour) }] as const;
    }),
  );
  const timonel = await startTimonel(
    'embedded',
    { agents, prices, routes: { ...Object.fromEntries(all), ...routes } },
    {
      environment: {
        ...environment,
        TIMONEL_MODEL: 'ok',
        TIMONEL_MODEL_URL: provider.url,
        TIMONEL_MODEL_KEY: providerKey,
        TIMONEL_ANTHROPIC_URL: provider.url,
        ANTHROPIC_API_KEY: providerKey,
      },
    },
  );
  const url = `${await timonel.timonel.listen()}/v1`;
  return {
    provider,
    timonel,
    url,
    async ask(behaviour, way, question = {}) {
      const { alias, primary, fallback } = namesOf(behaviour, way);
      const { door, stream } = way;
      const called = await callModel({ url, key: timonel.apiKey, model: alias, protocol: door, stream, ...question });
      return { called, primary: provider.exchanges(primary), fallback: provider.exchanges(fallback) };
    },
    async close() {
      await closeCaller();
      await timonel.close();
      await provider.close();
      await remove();
    },
  };
}
