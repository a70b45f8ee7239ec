/** The quality cases of `evals/`, played against the sample salon in memory: the same cases that `timonel eval` runs for real. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { localNow } from '../../../src/dialogue.ts';
import { flows } from '../flows.ts';
import { Chat } from '../rehearsal/chat.ts';
import { Salon, type SalonPlan } from '../rehearsal/salon.ts';
import { salon, salonHours, salonPromotions, salonServices, salonStaff } from '../salon.ts';
import { sampleVocabulary } from '../seed.ts';

const evalCase = z.object({
  id: z.string(),
  now: z.string(),
  turns: z.array(
    z.object({
      user: z.string(),
      expect: z.strictObject({
        outcome: z.string().optional(),
        awaiting: z.string().optional(),
        intent: z.string().optional(),
        slots: z.record(z.string(), z.json()).optional(),
        tools: z.array(z.string()).optional(),
        replyMatches: z.string().optional(),
      }),
    }),
  ),
});

const nameOf = (id: string): string => salonServices.find((service) => service.id === id)?.name ?? id;

const plan: SalonPlan = {
  services: salonServices.map(({ id, name, aliases, description, category, price, durationMinutes }) => {
    const staff = salonStaff.filter((person) => person.services.includes(id)).map((person) => person.name);
    return { name, aliases, description, category, price, currency: salon.currency, durationMinutes, staff };
  }),
  hours: Object.fromEntries(
    salonHours.flatMap(({ weekdays, periods }) => weekdays.map((day) => [day, periods.map(([from, to]) => ({ from, to }))])),
  ),
  promotions: salonPromotions.map(({ name, description, discountPercent, services }) => {
    return { name, description, discountPercent, services: services.map(nameOf) };
  }),
  address: salon.address,
  timeZone: 'America/Argentina/Buenos_Aires',
};

const folder = new URL('../evals/', import.meta.url);
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl'))
  .flatMap((name) => readFileSync(new URL(name, folder), 'utf8').split('\n'))
  .filter((line) => line.trim() !== '')
  .map((line) => evalCase.parse(JSON.parse(line)));

describe('quality cases', () => {
  it('are many, in both languages', () => {
    expect(cases.filter(({ id }) => id.startsWith('es-')).length).toBeGreaterThanOrEqual(20);
    expect(cases.filter(({ id }) => id.startsWith('en-')).length).toBeGreaterThanOrEqual(20);
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  });

  it.each(cases.map((one) => [one.id, one] as const))('%s', (_id, { now, turns }) => {
    const chat = new Chat(new Salon(plan, new Date(now)));
    let awaiting: ReturnType<Chat['says']>['awaiting'];
    for (const { user, expect: wanted } of turns) {
      const reference = localNow(chat.salon.now, plan.timeZone);
      const { intent, slots } = flows.understand(user, { now: reference, vocabulary: sampleVocabulary, awaiting });
      const said = chat.says(user);
      awaiting = said.awaiting;
      const got = { outcome: said.outcome, awaiting, intent, slots, tools: said.calls.map((call) => call.tool) };
      const { replyMatches, ...exact } = wanted;
      expect(got, `${user} → ${said.text}`).toMatchObject(exact);
      if (wanted.tools !== undefined) expect(got.tools, `${user} → ${said.text}`).toEqual(wanted.tools);
      if (replyMatches !== undefined) expect(said.text).toMatch(new RegExp(replyMatches, 'i'));
    }
  });
});
