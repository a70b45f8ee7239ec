import { describe, expect, it } from 'vitest';
import type { CallRecord, JsonObject, JsonValue, PolicyFacts, Rule } from '../../src/index.ts';
import type { BookingFacts } from './facts.ts';
import { availabilityFirst, callLimits, noticeAndHorizon, openBookings, ownAppointments, policy, requiredSlots } from './policy.ts';

const now = new Date('2026-11-19T12:00:00-03:00');
const friday = '2026-11-20';
const book = { service: 'corte', date: friday, time: '15:00', name: 'Ana Gómez', phone: '3512345678' };
const move = { code: 'K7M2QX', date: friday, time: '15:00' };
const slot = { date: friday, time: '15:00', staff: 'Carlos Medina' };

const loaded: BookingFacts = {
  limits: { noticeMinutes: 60, changeMinutes: 0, horizonDays: 60, maxOpenBookings: 3, maxCallsPerConversation: 5 },
  serviceNames: ['Corte de pelo', 'corte', 'haircut'],
  openBookings: 0,
  appointment: { code: 'K7M2QX', date: friday, time: '10:00', bookedHere: false, ofVerifiedContact: false },
};

function facts(changes: Partial<PolicyFacts> = {}): PolicyFacts {
  return {
    now,
    localTime: { date: '2026-11-19', time: '12:00' },
    text: '',
    history: [],
    timeZone: 'America/Argentina/Cordoba',
    workspaceId: 'default',
    conversationId: 'one',
    channel: 'api',
    contact: undefined,
    calls: [],
    counts: {},
    latest: {},
    earlier: {},
    loaded,
    ...changes,
  };
}

function completed(tool: string, args: JsonObject, output: JsonValue): CallRecord {
  return { callId: tool, tool, args, status: 'completed', output };
}

function latest(...calls: CallRecord[]): Partial<PolicyFacts> {
  const byTool = Object.fromEntries(calls.map((call) => [call.tool, call]));
  return { latest: byTool, earlier: byTool };
}

type Case = [name: string, tool: string, args: JsonObject, changes: Partial<PolicyFacts>, verdict: 'allow' | 'deny'];

function table(rule: Rule, cases: Case[]): void {
  describe(rule.id, () => {
    it.each(cases)('%s', (_name, tool, args, changes, verdict) => {
      expect(rule.tools).toContain(tool);
      const effect = tool.startsWith('get_') || tool.startsWith('find_') ? 'read' : 'write';
      const answer = rule.evaluate({ tool, args, effect }, facts(changes));
      expect(answer?.kind ?? 'allow').toBe(verdict);
      if (answer !== undefined) expect([answer.reason.es, answer.reason.en].every((reason) => reason.length > 10)).toBe(true);
    });
  });
}

const { phone: _phone, ...withoutContact } = book;
table(requiredSlots, [
  ['name and phone', 'book_appointment', book, {}, 'allow'],
  ['name and e-mail', 'book_appointment', { ...withoutContact, email: 'ana@example.com' }, {}, 'allow'],
  ['a contact that the channel knows', 'book_appointment', withoutContact, { contact: { phone: '+5493512345678' } }, 'allow'],
  ['no contact', 'book_appointment', withoutContact, {}, 'deny'],
  ['no name', 'book_appointment', { ...book, name: ' ' }, {}, 'deny'],
  ['a number for a name', 'book_appointment', { ...book, name: '351234' }, {}, 'deny'],
]);

const available = completed(
  'get_availability',
  { service: 'cortes', from: friday },
  { kind: 'available', service: 'Corte de pelo', slots: [slot] },
);
const taken = completed('hold_slot', { service: 'haircut', date: friday, time: '14:00' }, { kind: 'taken', alternatives: [slot] });
table(availabilityFirst, [
  ['shown as free', 'book_appointment', book, latest(available), 'allow'],
  [
    'shown to the planner in this run only',
    'book_appointment',
    book,
    { calls: [available], latest: latest(available).latest ?? {} },
    'deny',
  ],
  ['held', 'book_appointment', book, latest(completed('hold_slot', {}, { kind: 'held', service: 'Corte de pelo', slot })), 'allow'],
  ['offered as an alternative', 'book_appointment', book, latest(taken), 'allow'],
  ['shown, to move to', 'reschedule_appointment', move, latest(available), 'allow'],
  ['no such service: the tool says so', 'book_appointment', book, { loaded: { ...loaded, serviceNames: null } }, 'allow'],
  ['never looked', 'book_appointment', book, {}, 'deny'],
  ['another time', 'book_appointment', { ...book, time: '15:30' }, latest(available), 'deny'],
  ['another day', 'book_appointment', { ...book, date: '2026-11-21' }, latest(available), 'deny'],
  ['another service', 'book_appointment', book, { ...latest(available), loaded: { ...loaded, serviceNames: ['Mechas'] } }, 'deny'],
  ['a call that failed', 'book_appointment', book, latest({ ...available, status: 'failed' }), 'deny'],
  ['never looked, to move to', 'reschedule_appointment', move, {}, 'deny'],
]);

const found = completed('find_appointments', {}, { kind: 'found', appointments: [{ code: 'K7M2QX' }] });
const booked = completed('book_appointment', {}, { kind: 'booked', appointment: { code: 'K7M2QX' } });
const here = {
  ...loaded,
  appointment: { code: 'K7M2QX', date: friday, time: '10:00', bookedHere: true, ofVerifiedContact: false },
};
const verified = {
  ...loaded,
  appointment: { code: 'K7M2QX', date: friday, time: '10:00', bookedHere: false, ofVerifiedContact: true },
};
table(ownAppointments, [
  ['found in this conversation', 'cancel_appointment', { code: 'k7m-2qx' }, latest(found), 'allow'],
  ['booked in this run', 'cancel_appointment', { code: 'K7M2QX' }, { calls: [booked] }, 'allow'],
  ['booked in this conversation long ago', 'reschedule_appointment', move, { loaded: here }, 'allow'],
  ['of a contact that the channel vouches for', 'cancel_appointment', { code: 'K7M2QX' }, { loaded: verified }, 'allow'],
  ["somebody else's", 'cancel_appointment', { code: 'K7M2QX' }, {}, 'deny'],
  ['another than the one found', 'cancel_appointment', { code: 'ABC234' }, latest(found), 'deny'],
  ['one that does not exist', 'reschedule_appointment', move, { loaded: { ...loaded, appointment: null } }, 'deny'],
]);

const soon = { ...book, date: '2026-11-19', time: '12:30' };
const heldUntil = (expiresAt: string) =>
  latest(completed('hold_slot', {}, { kind: 'held', slot: { date: '2026-11-19', time: '12:30' }, expiresAt }));
table(noticeAndHorizon, [
  ['tomorrow', 'book_appointment', book, {}, 'allow'],
  ['just at the notice', 'book_appointment', { ...soon, time: '13:00' }, {}, 'allow'],
  ['within the notice', 'book_appointment', soon, {}, 'deny'],
  ['within the notice, but held in time', 'book_appointment', soon, heldUntil('2026-11-19T15:05:00Z'), 'allow'],
  ['within the notice, the hold over', 'book_appointment', soon, heldUntil('2026-11-19T14:59:00Z'), 'deny'],
  ['past', 'reschedule_appointment', { ...move, date: '2026-11-19', time: '11:00' }, {}, 'deny'],
  ['the last day of the horizon', 'book_appointment', { ...book, date: '2027-01-18' }, {}, 'allow'],
  ['a day beyond the horizon', 'reschedule_appointment', { ...move, date: '2027-01-19' }, {}, 'deny'],
]);

table(openBookings, [
  ['two of three', 'book_appointment', book, { loaded: { ...loaded, openBookings: 2 } }, 'allow'],
  ['three of three', 'book_appointment', book, { loaded: { ...loaded, openBookings: 3 } }, 'deny'],
]);

table(callLimits, [
  ['the fifth booking', 'book_appointment', book, { counts: { book_appointment: 4 } }, 'allow'],
  ['the sixth booking', 'book_appointment', book, { counts: { book_appointment: 5 } }, 'deny'],
  ['twice as many holds', 'hold_slot', book, { counts: { hold_slot: 9, book_appointment: 5 } }, 'allow'],
  ['too many holds', 'hold_slot', book, { counts: { hold_slot: 10 } }, 'deny'],
  ['a hundred searches', 'get_availability', {}, { counts: { get_availability: 100 }, loaded: undefined }, 'deny'],
  ['a search', 'get_availability', {}, { counts: { get_availability: 99 }, loaded: undefined }, 'allow'],
  ['a person', 'escalate_to_human', {}, { counts: { book_appointment: 9 }, loaded: undefined }, 'allow'],
]);

describe('facts that are missing', () => {
  it.each(policy.filter((rule) => rule !== requiredSlots))('$id allows nothing', (rule) => {
    const tool = rule.tools.find((name) => name.endsWith('_appointment') && !name.startsWith('find')) ?? '';
    const evaluate = () => rule.evaluate({ tool, args: { ...book, ...move }, effect: 'write' }, facts({ loaded: undefined }));
    expect(evaluate).toThrow();
  });
});
