/** The flows of `timonel smoke`: each asks a running system over HTTP, as a customer or an operator would, and says what it saw. */
import type { Outcome, Reply } from '../vocabulary.ts';
import { ApiClient } from './api-client.ts';
import { probe } from './health.ts';

/** The mark of all that smoke makes: a contact that no person can have (RFC 2606). `timonel clean --test-data` takes away what carries it. */
export const testContact = { name: 'Prueba Timonel', email: 'smoke@timonel.invalid' } as const;

export type SmokeStatus = 'pass' | 'fail' | 'warning' | 'skipped';

export interface SmokeFinding {
  status: SmokeStatus;
  said: string;
}

export interface SmokeSystem {
  url: string;
  client: ApiClient;
  /** Names of the agents that it runs. */
  agents: readonly string[];
  /** Those of them that a model is configured for. */
  withModel: readonly string[];
  /** Book and cancel an appointment, in place of asking for free times. */
  write: boolean;
  /** Try what happens without a model, for which a key and a budget are made and removed. */
  fallback: boolean;
}

export interface SmokeFlow {
  name: string;
  run(system: SmokeSystem): Promise<SmokeFinding>;
}

interface Turn {
  run: { id: string; outcome: Outcome | null; awaiting?: string; degraded: boolean; error?: { message: string } } | null;
  reply: Reply | null;
}

const failedOutcomes: readonly (Outcome | null)[] = ['failed', 'cancelled', null];

const services: SmokeFlow = {
  name: 'services',
  async run({ url }) {
    const ready = await probe(url, '/health/ready');
    return { status: ready.ok ? (ready.said === 'ok' ? 'pass' : 'warning') : 'fail', said: ready.said };
  },
};

const strangers: SmokeFlow = {
  name: 'strangers',
  async run({ url }) {
    const { status } = await fetch(`${url}/api/v1/conversations`, { signal: AbortSignal.timeout(10_000) });
    return { status: status === 401 ? 'pass' : 'fail', said: `Without a key the API answers ${status}.` };
  },
};

const flags: SmokeFlow = {
  name: 'flags',
  async run({ client }) {
    const { flags: all } = await client.post<{ flags: unknown[] }>('/ofrep/v1/evaluate/flags', {
      context: { targetingKey: 'smoke' },
    });
    return { status: 'pass', said: `${all.length} flags are evaluated.` };
  },
};

/** What agents answer without a model, who would think about a greeting at length. */
const firstWords: Readonly<Record<string, string>> = { codegen: '/help', coder: '/help' };

/** Agents that `codegen` starts, and nobody talks to. */
const roles = /^codegen-/;

/** One turn of each agent; counted by the metrics of the process that had it. */
const turns: SmokeFlow = {
  name: 'turns',
  async run({ client, agents }) {
    const seen: string[] = [];
    let degraded = false;
    for (const agent of agents.filter((name) => !roles.test(name))) {
      const turn = await conversation(client, agent).then((say) => say(firstWords[agent] ?? 'Hola'));
      const { run } = turn;
      if (run === null) seen.push(`${agent}: a person has it`);
      else if (failedOutcomes.includes(run.outcome))
        return { status: 'fail', said: `${agent}: the run ${run.id} ended ${run.outcome ?? 'never'}.` };
      else seen.push(`${agent}: ${shortened(turn)}`);
      degraded ||= run?.degraded === true;
    }
    return degraded
      ? { status: 'warning', said: `No model answered, the flow planner did. ${seen.join(' · ')}` }
      : { status: 'pass', said: seen.join(' · ') };
  },
};

const telemetry: SmokeFlow = {
  name: 'telemetry',
  async run({ client, agents }) {
    const [agent] = agents;
    if (agent === undefined) return { status: 'skipped', said: 'There are no agents.' };
    const before = runsIn(await client.text('/metrics/prometheus'));
    await conversation(client, agent).then((say) => say('Hola'));
    const after = runsIn(await client.text('/metrics/prometheus'));
    // Another process behind the same address may have had the turn, or the question.
    if (after > before) return { status: 'pass', said: `A turn was counted: ${before} → ${after} runs.` };
    return {
      status: 'warning',
      said: 'The metrics did not count a turn; behind this address are other processes, or telemetry is broken.',
    };
  },
};

function runsIn(exposition: string): number {
  return [...exposition.matchAll(/^timonel_runs_total\{[^}]*\} (\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Answers what the agent asks for, until it offers times, or until an appointment is booked; that one is cancelled. */
const booking: SmokeFlow = {
  name: 'booking',
  async run({ client, agents, write }) {
    if (!agents.includes('booking')) return notHere;
    const say = await conversation(client, 'booking');
    let turn = await say('Quiero un turno');
    for (let step = 0; step < 10 && turn.run?.outcome === 'awaiting_input'; step++) {
      const { awaiting = '' } = turn.run;
      if (awaiting === 'time' && !write) return { status: 'pass', said: `Free times are told: ${shortened(turn)}` };
      turn = await say(bookingAnswers[awaiting] ?? turn.reply?.options?.[0] ?? 'sí');
    }
    const code = /\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{6}\b/.exec(turn.reply?.text ?? '')?.[0];
    if (code === undefined) return { status: 'fail', said: `Nothing was ${write ? 'booked' : 'offered'}: ${shortened(turn)}` };
    await say(`Cancelá el turno ${code}`);
    const cancelled = await say('sí');
    return {
      status: failedOutcomes.includes(cancelled.run?.outcome ?? null) ? 'fail' : 'pass',
      said: `An appointment was booked (${code}) and cancelled: ${shortened(cancelled)}`,
    };
  },
};

/** Of what it asks without options to choose from. */
const bookingAnswers: Readonly<Record<string, string>> = {
  date: 'el miércoles que viene',
  name: testContact.name,
  contact: testContact.email,
};

const notHere: SmokeFinding = { status: 'skipped', said: 'The agent "booking" does not run here.' };

function shortened({ reply }: Turn): string {
  return `"${(reply?.text ?? '').replaceAll(/\s+/g, ' ').slice(0, 80)}"`;
}

/** Somebody else's appointment is asked for: nothing is found or changed, and the agent says so. */
const denial: SmokeFlow = {
  name: 'policy denial',
  async run({ client, agents }) {
    if (!agents.includes('booking')) return notHere;
    const say = await conversation(client, 'booking');
    const turn = await say('Cancelá el turno con el código ZZ9ZZ9');
    const { run } = turn;
    if (run === null || failedOutcomes.includes(run.outcome))
      return { status: 'fail', said: `The run ended ${run?.outcome ?? 'with a person'}.` };
    return { status: 'pass', said: shortened(turn) };
  },
};

/** A key that may spend nothing has no model: its turns are the flow planner's. */
const fallback: SmokeFlow = {
  name: 'fallback',
  async run(system) {
    const { url, client } = system;
    const agent = ['booking', 'hotel', 'tutor'].find((name) => system.agents.includes(name));
    if (agent === undefined) return { status: 'skipped', said: 'Of booking, hotel and tutor none runs here.' };
    if (!system.withModel.includes(agent)) return { status: 'skipped', said: 'No model is configured: all turns are without one.' };
    if (!system.fallback) return { status: 'skipped', said: 'Tried in the first round only.' };
    const expiresAt = new Date(Date.now() + 600_000).toISOString();
    const key = await client
      .post<{ id: string; apiKey: string }>('/api/v1/api-keys', { name: 'smoke: may ask no model', role: 'client', expiresAt })
      .catch(allowed);
    if (key === undefined) return { status: 'skipped', said: 'It takes a key that may make keys and budgets.' };
    let budget: { id: string } | undefined;
    try {
      const limit = { scope: 'api-key', subject: key.id, period: 'day', tokens: 1 };
      budget = await client.put<{ id: string }>('/api/v1/budgets', limit).catch(allowed);
      if (budget === undefined) return { status: 'skipped', said: 'It takes a key that may make keys and budgets.' };
      const say = await conversation(new ApiClient({ url, apiKey: key.apiKey }), agent);
      // Another process may hear of the budget a moment later.
      for (let attempt = 0; attempt < 3; attempt++) {
        const turn = await say('Hola');
        if (turn.run === null || failedOutcomes.includes(turn.run.outcome))
          return {
            status: 'fail',
            said: `${agent} had no answer without a model: ${turn.run?.error?.message ?? 'a person has it'}`,
          };
        if (turn.run.degraded) return { status: 'pass', said: `Without a model ${agent} says ${shortened(turn)}` };
      }
      return { status: 'fail', said: `${agent} asked a model that the budget of its caller does not allow.` };
    } finally {
      if (budget !== undefined) await client.delete(`/api/v1/budgets/${budget.id}`);
      await client.delete(`/api/v1/api-keys/${key.id}`);
    }
  },
};

/** What a key may not do is left out; what fails otherwise fails. */
function allowed(error: unknown): undefined {
  if ((error as { code?: unknown }).code !== 'forbidden') throw error;
}

async function conversation(client: ApiClient, agent: string): Promise<(text: string) => Promise<Turn>> {
  const { id } = await client.post<{ id: string }>('/api/v1/conversations', { agent, channel: 'smoke', contact: testContact });
  return (text) => client.post<Turn>(`/api/v1/conversations/${id}/messages`, { text });
}

export const smokeFlows: readonly SmokeFlow[] = [services, strangers, flags, turns, telemetry, booking, denial, fallback];
