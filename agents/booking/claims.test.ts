/** Rules out: an appointment that opens to somebody who knows the phone number and tries names. */

import { sql } from 'drizzle-orm';
import { beforeAll, expect, it } from 'vitest';
import { failedClaimsPerHour } from '../../src/index.ts';
import { onEachStore } from '../../test/stores.ts';
import type { Rows } from '../../test/tool-workspace.ts';
import { bookAppointment, findAppointments } from './appointment-tools.ts';
import { jobs } from './jobs.ts';
import { personalData } from './personal-data.ts';
import { noon, openSalon, type Salon } from './rehearsal/salon-under-test.ts';

const phone = '+54 9 351 234-5678';
const victim = { name: 'María de la Cruz', phone };
const slot = { service: 'corte', date: '2026-11-20', time: '15:00' };
const refusal = { kind: 'not-enough', missing: ['code'] };
const when = { kind: 'code-needed', appointments: [{ date: slot.date, time: slot.time }] };

onEachStore('claims to an appointment', (open) => {
  let rows: Rows;
  beforeAll(async () => {
    rows = (await open()).pool;
  });

  async function salonWithVictim(): Promise<{ salon: Salon; code: string }> {
    const salon = await openSalon(rows);
    const booked = await salon.conversation().call(bookAppointment, { ...slot, ...victim });
    if (booked.kind !== 'booked') throw new Error(booked.kind);
    return { salon, code: booked.appointment.code };
  }
  /** Each in a conversation of its own. */
  const claim = (salon: Salon, name: string, given = phone) => salon.conversation().call(findAppointments, { phone: given, name });

  it('by particles, one word or a list of names are not believed', async () => {
    const names = ['de', 'la', 'de la', 'María', 'Cruz', 'Ana María Eva Luz Cruz Paz Gil'];
    for (const name of names) {
      const { salon } = await salonWithVictim();
      expect(await claim(salon, name), name).toEqual({ kind: 'found', appointments: [] });
    }
  });

  it('that are right show when it is and nothing else, and are not counted', async () => {
    const { salon } = await salonWithVictim();
    for (let round = 0; round <= failedClaimsPerHour; round++) expect(await claim(salon, 'maria cruz')).toEqual(when);
  });

  it('that failed are counted across conversations, for one number however it is written, and forgotten after an hour', async () => {
    const { salon, code } = await salonWithVictim();
    const spellings = [phone, '0351 15 234-5678', '3512345678', '+5493512345678', '351 234 5678'];
    for (const [index, given] of spellings.entries()) {
      expect(await claim(salon, `Nombre${index} Apellido`, given)).toEqual({ kind: 'found', appointments: [] });
    }
    expect(await claim(salon, 'María de la Cruz')).toEqual(refusal);
    // Others, and what is stronger than a name, go on.
    expect(await claim(salon, 'Ana Paz', '351 999 0000')).toEqual({ kind: 'found', appointments: [] });
    expect(await salon.conversation().call(findAppointments, { code, phone })).toMatchObject({ appointments: [{ code }] });
    const vouchedFor = salon.conversation({ phone, verified: true });
    expect(await vouchedFor.call(findAppointments, {})).toMatchObject({ kind: 'found', appointments: [{ code }] });
    salon.now = new Date(noon.getTime() + 61 * 60_000);
    expect(await claim(salon, 'María de la Cruz')).toEqual(when);
  });

  it('to a number without appointments are answered alike', async () => {
    const { salon } = await salonWithVictim();
    for (let round = 0; round < failedClaimsPerHour; round++) await claim(salon, 'Ana Paz', '351 999 0000');
    expect(await claim(salon, 'Ana Paz', '351 999 0000')).toEqual(refusal);
  });

  it('made all at once are no more than as many in a row', async () => {
    const { salon } = await salonWithVictim();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => claim(salon, `Nombre${index} Apellido`)));
    expect(answers.filter(({ kind }) => kind === 'found')).toHaveLength(failedClaimsPerHour);
  });

  it('are in what is exported and erased of a person, and are kept for a day', async () => {
    const { salon } = await salonWithVictim();
    await claim(salon, 'Ana Paz');
    const count = async (): Promise<unknown> => {
      const { rows: found } = await salon.access.query((database) =>
        database.execute(sql`SELECT id FROM booking_failed_claims WHERE workspace_id = ${salon.workspaceId}`),
      );
      return found.length;
    };
    const found = await personalData.find?.({ phone: '351 2345678' }, [], salon.access);
    // The appointment, and the claim.
    expect(found?.ids).toHaveLength(2);
    expect(await count()).toBe(1);
    salon.now = new Date(noon.getTime() + 25 * 3_600_000);
    await jobs.find(({ name }) => name === 'forget-claims')?.run({}, salon.access);
    expect(await count()).toBe(0);
  });
});
