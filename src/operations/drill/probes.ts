/** The probes that most drills ask, in the words of people who are on call. */
import { connect } from 'node:net';
import type { Probe, ProbeFinding } from './contract.ts';
import type { Customers } from './customers.ts';
import type { RehearsedProcess } from './rehearsal.ts';

type Of<T> = () => T;

interface HealthBody {
  status: string;
  dependencies: { name: string; status: 'up' | 'down'; required: boolean; detail?: { reason?: string } }[];
}

/** Liveness answers, whatever its dependencies do. */
export function lives(process: Of<RehearsedProcess>): Probe {
  return {
    name: 'the process lives',
    withinMs: 10_000,
    async look() {
      const { status } = await process().call('GET', '/health/live');
      return { ok: status === 200, said: `/health/live answers ${status}.` };
    },
  };
}

export async function readiness(process: RehearsedProcess): Promise<{ status: number; down: string[]; said: string }> {
  const { status, body } = await process.call<HealthBody>('GET', '/health/ready');
  const down = body.dependencies.filter((each) => each.status === 'down');
  const words = down.map(({ name, detail }) => (detail?.reason === undefined ? name : `${name} (${detail.reason})`));
  return {
    status,
    down: down.map(({ name }) => name),
    said: `/health/ready answers ${status}, ${words.length === 0 ? 'nothing is down' : `down: ${words.join(', ')}`}.`,
  };
}

/** It can take requests. @param whole nothing that it can do without is down, either */
export function isReady(process: Of<RehearsedProcess>, whole = true, withinMs = 60_000): Probe {
  return {
    name: 'the process is ready',
    withinMs,
    async look() {
      const { status, down, said } = await readiness(process());
      return { ok: status === 200 && !(whole && down.length > 0), said };
    },
  };
}

/** Readiness says what is down. @param status 503 where it cannot be done without, else 200 */
export function namesDown(process: Of<RehearsedProcess>, name: string, status: 200 | 503): Probe {
  const what = status === 503 ? `readiness refuses, and names "${name}"` : `the process stays ready, and names "${name}"`;
  return {
    name: what,
    withinMs: 30_000,
    async look() {
      const seen = await readiness(process());
      return { ok: seen.status === status && seen.down.includes(name), said: seen.said };
    },
  };
}

/** Readiness answers in time, whatever it says. */
export function readinessAnswers(process: Of<RehearsedProcess>, withinMs: number): Probe {
  return {
    name: `readiness answers within ${withinMs / 1_000} seconds`,
    withinMs,
    look: async () => ({ ok: true, said: (await readiness(process())).said }),
  };
}

const failed: readonly (string | null)[] = ['failed', 'cancelled', null];

/** A customer is answered. @param by the model, the flow planner (the turn is degraded), or whichever */
export function answers(customers: Customers, by: 'model' | 'flows' | 'any', withinMs = 30_000): Probe {
  const whom = { model: 'by the model', flows: 'by the flow planner', any: '' }[by];
  return {
    name: `a customer is answered ${whom}`.trim(),
    withinMs,
    async look() {
      const said = await customers.say(withinMs);
      const ok =
        said.status === 200 &&
        !failed.includes(said.outcome) &&
        said.text !== '' &&
        (by === 'any' || said.degraded === (by === 'flows'));
      return { ok, said: told(said) };
    },
  };
}

/** A message that cannot be stored is refused, so that the client can send it again. */
export function refusesMessages(customers: Customers, code: string, withinMs = 30_000): Probe {
  return {
    name: `a message is refused with "${code}"`,
    withinMs,
    async look() {
      const said = await customers.say(withinMs);
      return { ok: said.status === 503 && said.code === code, said: told(said) };
    },
  };
}

/** A message is answered or refused: no client waits for ever. */
export function neverHangs(customers: Customers, withinMs: number): Probe {
  return {
    name: 'a message is answered or refused',
    withinMs,
    async look() {
      const said = await customers.say(withinMs);
      return { ok: said.status === 200 || said.status === 503, said: told(said) };
    },
  };
}

/** Nothing that was taken is lost, and nothing is answered twice. */
export function losesNothing(customers: Customers, withinMs = 60_000): Probe {
  return { name: 'no accepted message is lost or answered twice', withinMs, look: () => customers.kept() };
}

/** Nobody listens at that port of this machine. */
export function nobodyListens(what: string, port: Of<number>): Probe {
  return {
    name: `${what} does not answer`,
    withinMs: 10_000,
    look: () =>
      new Promise<ProbeFinding>((resolve) => {
        const socket = connect({ host: '127.0.0.1', port: port() });
        const settle = (ok: boolean, said: string) => {
          socket.destroy();
          resolve({ ok, said });
        };
        socket.on('connect', () => settle(false, 'Its port takes connections.'));
        socket.on('error', (error: NodeJS.ErrnoException) => settle(true, `Its port refuses connections (${error.code ?? ''}).`));
      }),
  };
}

/** Something is counted. */
export function counted(name: string, count: Of<number>, withinMs = 20_000): Probe {
  return {
    name,
    withinMs,
    look: async () => ({ ok: count() > 0, said: `Counted: ${count()}.` }),
  };
}

function told({ status, code, outcome, degraded, text }: Awaited<ReturnType<Customers['say']>>): string {
  if (status >= 300) return `It was refused: ${status} ${code ?? ''}.`;
  const shown = text.replaceAll(/\s+/g, ' ').slice(0, 60);
  return `The turn ended ${outcome ?? 'never'}${degraded ? ', without a model' : ''}: "${shown}"`;
}
