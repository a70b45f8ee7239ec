import type { Drill } from './contract.ts';
import { Customers } from './customers.ts';
import { answers, isReady, lives, losesNothing, nobodyListens } from './probes.ts';
import { Rehearsal } from './rehearsal.ts';

const nothing = async () => undefined;

export const modelsDown: Drill = {
  name: 'models-down',
  summary: 'no model provider answers: the flow planner does, and the model again afterwards',
  lacks: nothing,
  async prepare(place) {
    const rehearsal = await Rehearsal.open(place);
    const process = () => rehearsal.process;
    const customers = new Customers(process);
    return {
      before: [isReady(process), answers(customers, 'model')],
      async fault() {
        await rehearsal.modelProxy.stop();
        return 'The model provider was stopped.';
      },
      felt: nobodyListens('the model provider', () => rehearsal.modelProxy.port),
      during: [answers(customers, 'flows'), isReady(process)],
      throughout: [lives(process)],
      undo: () => rehearsal.modelProxy.start(),
      // A breaker stays open for up to 20 seconds.
      recoveryMs: 90_000,
      after: [answers(customers, 'model', 60_000), losesNothing(customers)],
    };
  },
};

export const modelsSlow: Drill = {
  name: 'models-slow',
  summary: 'every model takes minutes for an answer: the flow planner answers in time',
  lacks: nothing,
  async prepare(place, random) {
    const rehearsal = await Rehearsal.open(place);
    const process = () => rehearsal.process;
    const customers = new Customers(process);
    const [waiting] = await customers.conversations(1);
    return {
      before: [isReady(process), answers(customers, 'model')],
      async fault() {
        const seconds = random.between(120, 600);
        rehearsal.models.delay(seconds * 1_000);
        await customers.leave(waiting ?? '');
        return `The model provider takes ${seconds} seconds for each answer.`;
      },
      felt: {
        name: 'a call to the model waits',
        withinMs: 20_000,
        look: async () => ({ ok: rehearsal.models.waiting > 0, said: `${rehearsal.models.waiting} calls wait.` }),
      },
      during: [answers(customers, 'flows', 30_000), isReady(process)],
      throughout: [lives(process)],
      async undo() {
        rehearsal.models.delay(0);
      },
      recoveryMs: 90_000,
      after: [answers(customers, 'model', 60_000), losesNothing(customers)],
    };
  },
};
