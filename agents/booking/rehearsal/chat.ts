/** A conversation with the flow planner over a salon in memory: the loop of the runtime, without everything else. */
import type { CallRecord, Contact, FlowMove, JsonObject } from '../../../src/index.ts';
import { flows } from '../flows.ts';
import type { Salon } from './salon.ts';

const callsPerTurn = 12;

export type Said = Extract<FlowMove, { kind: 'reply' }> & {
  /** What this turn called, in order. */
  calls: CallRecord[];
  text: string;
};

export class Chat {
  readonly salon: Salon;
  readonly contact: Contact | undefined;
  /** Kept as a store would: as text. */
  #state = '{}';

  constructor(salon: Salon, contact?: Contact) {
    this.salon = salon;
    this.contact = contact;
  }

  get state(): JsonObject {
    return JSON.parse(this.#state) as JsonObject;
  }

  set state(state: JsonObject) {
    this.#state = JSON.stringify(state);
  }

  /** The customer says something; `before` are calls that another planner already made in this turn. */
  says(text: string, before: readonly CallRecord[] = []): Said {
    const calls = [...before];
    for (;;) {
      const { salon } = this;
      const move = flows.next({
        text,
        now: salon.now,
        timeZone: salon.plan.timeZone,
        channel: 'test',
        contact: this.contact,
        vocabulary: salon.vocabulary,
        state: this.state,
        latest: {},
        calls,
      });
      this.state = move.state;
      if (move.kind === 'reply') return { ...move, calls, text: move.reply.text };
      if (calls.length > callsPerTurn) throw new Error(`More than ${callsPerTurn} calls after "${text}".`);
      calls.push(...move.calls.map((call) => salon.answer(call)));
    }
  }
}
