/** Fills a fresh workspace with the sample salon of `salon.ts`. */
import type { ReservationVocabulary } from '../../src/dialogue.ts';
import type { WorkspaceAccess } from '../../src/index.ts';
import { addDays, localTime } from './local-time.ts';
import { salon, salonHours, salonPromotions, salonServices, salonStaff } from './salon.ts';
import {
  bookingOpeningHours,
  bookingPromotions,
  bookingServices,
  bookingSettings,
  bookingSpecialDates,
  bookingStaff,
  bookingStaffServices,
} from './schema.ts';

/** The sample salon's words, for reading messages without a store. */
export const sampleVocabulary: ReservationVocabulary = {
  services: salonServices.map(({ id, name, aliases }) => ({ id, name, aliases })),
  staff: salonStaff.map(({ id, name, aliases }) => ({ id, name, aliases })),
};

/** Inserts the sample salon, where the workspace has no shop yet: what is made up must not get among what is true. */
export async function sample(access: WorkspaceAccess): Promise<void> {
  const { workspaceId } = access;
  const today = localTime(access.now().getTime(), access.timeZone).date;
  const serviceIds = new Map(salonServices.map(({ id }) => [id, access.newId()]));
  const staffIds = new Map(salonStaff.map(({ id }) => [id, access.newId()]));
  const row = () => ({ workspaceId, id: access.newId() });
  const hours = [...salonHours.map((one) => ({ ...one, staffId: null })), ...salonStaff.flatMap(withStaffId)];

  function withStaffId({ id, hours }: (typeof salonStaff)[number]) {
    return hours.map((one) => ({ ...one, staffId: known(staffIds, id) }));
  }

  await access.query(async (database) => {
    const [shop] = await database.select({ name: bookingSettings.name }).from(bookingSettings).limit(1);
    const [service] = await database.select({ id: bookingServices.id }).from(bookingServices).limit(1);
    if (shop !== undefined || service !== undefined) return;
    await database.insert(bookingSettings).values({ workspaceId, ...salon, updatedAt: access.now() });
    await database.insert(bookingServices).values(
      salonServices.map(({ id, price, ...service }, position) => ({
        ...service,
        workspaceId,
        id: known(serviceIds, id),
        price: String(price),
        position,
      })),
    );
    await database
      .insert(bookingStaff)
      .values(
        salonStaff.map(({ id, name, aliases }, position) => ({ workspaceId, id: known(staffIds, id), name, aliases, position })),
      );
    await database
      .insert(bookingStaffServices)
      .values(
        salonStaff.flatMap(({ id, services }) =>
          services.map((service) => ({ workspaceId, staffId: known(staffIds, id), serviceId: known(serviceIds, service) })),
        ),
      );
    await database
      .insert(bookingOpeningHours)
      .values(
        hours.flatMap(({ weekdays, periods, staffId }) =>
          weekdays.flatMap((weekday) => periods.map(([opens, closes]) => ({ ...row(), staffId, weekday, opens, closes }))),
        ),
      );
    await database.insert(bookingSpecialDates).values(holidays(today).map((holiday) => ({ ...row(), ...holiday })));
    await database.insert(bookingPromotions).values(
      salonPromotions.map(({ discountPercent, services, days, ...promotion }) => ({
        ...row(),
        ...promotion,
        discountPercent: String(discountPercent),
        serviceIds: services.map((service) => known(serviceIds, service)),
        validFrom: today,
        validTo: days === undefined ? null : addDays(today, days),
      })),
    );
  });
}

/** The days on which next to every Argentine salon is closed or closes early, once each from `today` on. */
function holidays(today: string) {
  const fixed = [
    { day: '01-01', periods: [], reason: 'Año Nuevo' },
    { day: '05-01', periods: [], reason: 'Día del Trabajador' },
    { day: '12-24', periods: [{ from: '09:00', to: '16:00' }], reason: 'Nochebuena' },
    { day: '12-25', periods: [], reason: 'Navidad' },
    { day: '12-31', periods: [{ from: '09:00', to: '16:00' }], reason: 'Fin de año' },
  ];
  const year = Number(today.slice(0, 4));
  return fixed.map(({ day, periods, reason }) => {
    const thisYear = `${year}-${day}`;
    return { date: thisYear >= today ? thisYear : `${year + 1}-${day}`, periods, reason };
  });
}

function known(ids: ReadonlyMap<string, string>, id: string): string {
  const found = ids.get(id);
  if (found === undefined) throw new Error(`The sample salon has no "${id}".`);
  return found;
}
