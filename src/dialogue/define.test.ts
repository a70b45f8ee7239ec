import { describe, expect, it } from 'vitest';
import type { CallRecord, JsonObject, JsonValue } from '../vocabulary.ts';
import { advance, ask, askAll } from './ask.ts';
import type { FlowTurn } from './contract.ts';
import { defineDialogue } from './define.ts';
import { defineDomain } from './domain.ts';
import { contact, date, people, thing } from './slots.ts';
import { tell } from './turn.ts';

const vocabulary = {
  tours: [
    { id: 'a', name: 'Delta' },
    { id: 'b', name: 'Tigre', aliases: ['Tiger'] },
  ],
};
const domain = defineDomain({
  intents: ['visit', 'stop', 'weather'],
  wishes: ['visit', 'stop'],
  cues: {
    es: {
      visit: ['5 visit*|excursion|paseo', '1.6 <tour>'],
      stop: ['5 baja|borrame|borrenme'],
      weather: ['5 clima|llueve|lluvia'],
    },
    en: { visit: ['5 visit|tour|trip', '1.6 <tour>'], stop: ['5 unsubscribe|remove'], weather: ['5 weather|rain|raining'] },
  },
  kinds: { tour: { list: 'tours' } },
});
const english = (text: string) => ({ es: `(es) ${text}`, en: text });
const flows = defineDialogue({
  domain,
  vocabulary: { sample: vocabulary, load: async () => vocabulary },
  slots: {
    tour: thing('tour', 'tours', { ask: english('Which tour?') }),
    day: date({ ask: english('What day?') }),
    heads: people({ ask: english('How many of you?') }),
    contact: contact(),
  },
  tasks: {
    visit: {
      needs: ['tour', 'day', 'heads'],
      confirm: {
        es: ({ tour, day, heads }) => `(es) ${tour} ${day} ${heads}?`,
        en: ({ tour, day, heads }) => `${tour} ${day} ${heads}?`,
      },
      *run(_turn, { tour, day, heads }) {
        const [seats, price] = yield* askAll<[{ free: number }, { total: number }]>([
          { tool: 'seats', input: { where: { tour, day } } },
          { tool: 'price', input: { tour, heads } },
        ]);
        if (seats.free < heads) return tell('full');
        yield* ask('book_tour', { where: { day, tour }, heads });
        return tell(`booked for ${price.total}`);
      },
    },
    stop: {
      needs: ['contact'],
      *run(_turn, { contact: who }) {
        yield* ask('unsubscribe', { who });
        return tell('removed');
      },
    },
  },
  questions: {
    *weather() {
      return `It is ${(yield* ask<{ sky: string }>('weather', {})).sky}.`;
    },
  },
  handoff: { tool: 'call_guide', after: 3 },
});

const outputs: Record<string, JsonValue> = {
  seats: { free: 4 },
  price: { total: 90 },
  book_tour: {},
  weather: { sky: 'clear' },
  unsubscribe: {},
  call_guide: {},
};

/** Talks to the flows as the loop does: every plan is carried out, every move begins from the stored state. */
function conversation() {
  let state: JsonObject = {};
  const made: { tool: string; args: JsonObject }[][] = [];
  const says = (text: string, fails: string[] = []): string => {
    const calls: CallRecord[] = [];
    for (;;) {
      const turn: FlowTurn = {
        text,
        now: new Date('2026-03-02T12:00:00Z'),
        timeZone: 'UTC',
        channel: 'test',
        contact: undefined,
        vocabulary,
        state: structuredClone(state),
        latest: {},
        calls,
      };
      const move = flows.next(turn);
      expect(flows.next(structuredClone(turn))).toEqual(move);
      state = move.state;
      if (move.kind === 'reply') return move.reply.text;
      made.push(move.calls);
      for (const { tool, args } of move.calls) {
        const failed = fails.includes(tool);
        const ended = failed ? ({ status: 'failed' } as const) : ({ status: 'completed', output: outputs[tool] ?? null } as const);
        // A store gives members back in its own order.
        const stored = Object.fromEntries(Object.entries(args).toReversed());
        calls.push({ callId: `${calls.length}`, tool, args: stored, ...ended });
      }
    }
  };
  return { says, made };
}

describe('a dialogue of slots and tasks', () => {
  it('takes everything from one message and calls in parallel what does not depend on each other', () => {
    const { says, made } = conversation();
    expect(says('a visit to Delta on Friday for 3 people')).toBe('Delta 2026-03-06 3?');
    expect(says('yes')).toBe('booked for 90');
    expect(made.map((plan) => plan.map(({ tool }) => tool))).toEqual([['seats', 'price'], ['book_tour']]);
  });

  it.each([
    {
      language: 'es',
      lines: ['quiero una excursión', 'Tigre', 'el viernes', 'somos 2', 'no, mejor el jueves', 'dale'],
      asks: '(es) Which tour?',
    },
    {
      language: 'en',
      lines: ['I want a tour', 'Tiger', 'on Friday', '2 people', 'no, make it Thursday', 'yes'],
      asks: 'Which tour?',
    },
  ])('asks for one thing after the other and takes a correction ($language)', ({ lines, asks }) => {
    const { says, made } = conversation();
    const replies = lines.map((line) => says(line));
    expect(replies[0]).toBe(asks);
    expect(replies[3]).toContain('Tigre 2026-03-06 2?');
    expect(replies[4]).toContain('Tigre 2026-03-05 2?');
    expect(made.at(-1)?.[0]?.args).toEqual({ where: { day: '2026-03-05', tour: 'Tigre' }, heads: 2 });
  });

  it('answers a question in between and goes on where it was', () => {
    const { says } = conversation();
    says('a visit to Delta');
    expect(says('will it rain?')).toBe('It is clear. What day?');
    expect(says('tomorrow')).toBe('How many of you?');
  });

  it('does one task after the other where a message asks for both', () => {
    const { says } = conversation();
    expect(says('a visit to Delta on Friday for 2 people, and remove me from the list')).toBe('Delta 2026-03-06 2?');
    expect(says('yes')).toMatch(/^booked for 90 .*phone/);
    expect(says('ana@example.com')).toBe('removed');
  });

  it('takes back, forgets what is named, drops, and repeats', () => {
    const { says } = conversation();
    says('a visit to Delta');
    expect(says('undo')).toMatch(/forget that.*Which tour/);
    says('Delta');
    says('Friday');
    expect(says('repeat that please')).toBe('How many of you?');
    says('2 people');
    expect(says('no')).toMatch(/What should I change/);
    expect(says('the day')).toBe('What day?');
    expect(says('never mind, leave it')).toMatch(/leave it there/);
  });

  it('passes to a person after as many misunderstandings as it is told', () => {
    const { says, made } = conversation();
    says('a visit');
    expect([says('qwer asdf'), says('zxcv'), says('poiu lkjh')].map((reply) => /person/.test(reply))).toEqual([false, false, true]);
    expect(made.flat().map(({ tool }) => tool)).toEqual(['call_guide']);
  });

  it('says that a call failed and tries it again on a second yes', () => {
    const { says } = conversation();
    says('a visit to Delta on Friday for 3 people');
    expect(says('yes', ['book_tour'])).toMatch(/trouble.*again/);
    expect(says('yes')).toBe('booked for 90');
  });

  it('refuses a task that needs what is not there', () => {
    const task = {
      needs: ['hour'],
      run: () => undefined,
    } as never;
    expect(() => defineDialogue({ domain, slots: {}, tasks: { visit: task } })).toThrow('the task "visit" needs "hour"');
    const other = { intents: ['fly'], needs: [], run: task } as never;
    expect(() => defineDialogue({ domain, slots: {}, tasks: { visit: other } })).toThrow('no intent "fly"');
    expect(() => defineDialogue({ domain, slots: {}, tasks: {}, questions: { prices: task } })).toThrow('"prices" is answered');
  });
});

describe('advance', () => {
  const record = (args: JsonObject): CallRecord => ({ callId: '1', tool: 'find', args, status: 'completed', output: 'found' });

  it.each([
    [{ a: { b: [1, { c: 2 }], d: null } }, { a: { d: null, b: [1, { c: 2 }] } }, true],
    [{ a: [1, 2] }, { a: [2, 1] }, false],
    [{ a: { b: 1 } }, { a: { b: 1, c: 1 } }, false],
    [{ a: null }, { b: null }, false],
    [{ a: [] }, { a: {} }, false],
  ])('takes %j recorded as %j for the same call: %s', (planned, made, same) => {
    expect(advance(ask('find', planned), [record(made)]).kind).toBe(same ? 'done' : 'call');
  });

  it('asks for the missing ones of several calls, and gives the answers in order', () => {
    const both = () =>
      askAll([
        { tool: 'other', input: {} },
        { tool: 'find', input: { a: 1 } },
      ]);
    expect(advance(both(), [record({ a: 1 })])).toEqual({ kind: 'call', calls: [{ tool: 'other', args: {} }] });
    const other: CallRecord = { callId: '2', tool: 'other', args: {}, status: 'completed', output: 'else' };
    expect(advance(both(), [record({ a: 1 }), other])).toEqual({ kind: 'done', result: ['else', 'found'] });
  });
});
