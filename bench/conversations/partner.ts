/** Whom a replayed customer talks to: the flow planner over a salon in memory, or the whole runtime over an embedded store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { booking } from '../../agents/booking/agent.ts';
import { Chat } from '../../agents/booking/rehearsal/chat.ts';
import { Salon, type SalonPlan } from '../../agents/booking/rehearsal/salon.ts';
import {
  bookingOpeningHours,
  bookingPromotions,
  bookingServices,
  bookingSettings,
  bookingStaff,
  bookingStaffServices,
} from '../../agents/booking/schema.ts';
import { readSettings } from '../../src/config.ts';
import type { Awaiting, ReservationVocabulary } from '../../src/dialogue.ts';
import { openTimonel, type Timonel } from '../../src/main.ts';

/** What was answered, however it came about. */
export interface Answer {
  text: string;
  outcome: string;
  awaiting: Awaiting | undefined;
  /** Names of the tools that were called, in order. */
  tools: string[];
}

export interface Partner {
  readonly now: Date;
  readonly plan: SalonPlan;
  readonly vocabulary: ReservationVocabulary;
  says(text: string): Promise<Answer>;
  /** How many appointments were booked in this conversation. */
  booked(): Promise<number>;
}

/** Where the conversations are held. */
export interface House {
  open(plan: SalonPlan, now: Date): Promise<Partner>;
  close(): Promise<void>;
}

/** No store: the flows and a salon that keeps to the contract of the tools. */
export const inMemory: House = {
  async open(plan, now) {
    const salon = new Salon(plan, now);
    const chat = new Chat(salon);
    return {
      now,
      plan,
      vocabulary: salon.vocabulary,
      async says(text) {
        const { outcome, awaiting, calls, ...said } = chat.says(text);
        return { text: said.text, outcome, awaiting: awaiting as Awaiting | undefined, tools: calls.map((call) => call.tool) };
      },
      booked: async () => salon.booked.length,
    };
  },
  async close() {},
};

/** The product: loop, policy, tools and an embedded store. Each conversation has a workspace of its own with its catalogue. */
export async function startRuntime(): Promise<House> {
  const home = mkdtempSync(join(tmpdir(), 'timonel-replay-'));
  let now = new Date();
  const settings = readSettings({
    ...process.env,
    TIMONEL_HOME: home,
    TIMONEL_PORT: '0',
    DATABASE_URL: undefined,
    REDIS_URL: undefined,
  });
  const timonel = await openTimonel(settings, { agents: [booking] }, { now: () => now });
  let workspaces = 0;
  return {
    async open(plan, at) {
      now = at;
      workspaces += 1;
      const workspaceId = `replay-${workspaces}`;
      await timonel.workspaces.ensure({ workspaceId, name: workspaceId, timeZone: plan.timeZone });
      await fill(timonel, workspaceId, plan);
      return converse(timonel, workspaceId, plan, at);
    },
    async close() {
      await timonel.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function converse(timonel: Timonel, workspaceId: string, plan: SalonPlan, now: Date): Promise<Partner> {
  const { name: agent, version: agentVersion } = booking;
  const id = crypto.randomUUID();
  const conversation = { id, agent, agentVersion, arm: 'stable', channel: 'replay', contact: undefined };
  await timonel.views.createConversation(workspaceId, conversation);
  return {
    now,
    plan,
    vocabulary: new Salon(plan, now).vocabulary,
    async says(text) {
      const runId = await timonel.runner.submit({ workspaceId, conversationId: id, runId: crypto.randomUUID(), text });
      const run = await timonel.runner.wait(workspaceId, runId, 60_000);
      const steps = await timonel.views.steps(workspaceId, runId, -1);
      const tools = steps.flatMap(({ step }) => (step.kind === 'tool-call' ? [step.record.tool] : []));
      const awaiting = run.awaiting as Awaiting | undefined;
      return { text: run.reply?.text ?? '', outcome: run.outcome ?? 'failed', awaiting: awaiting ?? undefined, tools };
    },
    async booked() {
      const rows = await timonel.store.pool.executeText<{ code: string }>(
        "SELECT code FROM booking_appointments WHERE conversation_id = $1 AND status IN ('confirmed', 'cancelled')",
        [id],
      );
      return rows.length;
    },
  };
}

/** Writes the plan into the tables. */
async function fill(timonel: Timonel, workspaceId: string, plan: SalonPlan): Promise<void> {
  const people = [...new Set(plan.services.flatMap((service) => service.staff))];
  const staff = people.map((name, position) => ({ workspaceId, id: crypto.randomUUID(), name, position }));
  const services = plan.services.map(({ name, aliases = [], description, category, price, durationMinutes }, position) => {
    return {
      workspaceId,
      id: crypto.randomUUID(),
      name,
      aliases,
      description,
      category,
      price: String(price),
      durationMinutes,
      position,
    };
  });
  const links = plan.services.flatMap((service, index) =>
    staff
      .filter((person) => service.staff.includes(person.name))
      .map((person) => ({ workspaceId, staffId: person.id, serviceId: services[index]?.id ?? '' })),
  );
  const hours = Object.entries(plan.hours).flatMap(([weekday, periods]) =>
    periods.map(({ from, to }) => ({ workspaceId, id: crypto.randomUUID(), weekday: Number(weekday), opens: from, closes: to })),
  );
  const promotions = plan.promotions.map(({ name, description, discountPercent, services: of }) => {
    const serviceIds = services.filter((service) => of.includes(service.name)).map(({ id }) => id);
    return { workspaceId, id: crypto.randomUUID(), name, description, discountPercent: String(discountPercent), serviceIds };
  });
  await timonel.store.pool.inWorkspace(workspaceId, async (database) => {
    await database.insert(bookingSettings).values({ workspaceId, name: workspaceId, address: plan.address ?? null });
    await database.insert(bookingServices).values(services);
    await database.insert(bookingStaff).values(staff);
    await database.insert(bookingStaffServices).values(links);
    await database.insert(bookingOpeningHours).values(hours);
    if (promotions.length > 0) await database.insert(bookingPromotions).values(promotions);
  });
}
