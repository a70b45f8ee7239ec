/** Tools that answer what the house offers, when and at which price. */
import { defineTool, foldName } from '../../src/index.ts';
import { selectSlots, slotView } from './availability.ts';
import { type Catalogue, findService, loadCatalogue, priceOn, type Service } from './catalogue.ts';
import {
  type GetAvailabilityOutput,
  type GetBusinessHoursOutput,
  type GetPromotionsOutput,
  type GetServicesOutput,
  getAvailabilityInput,
  getBusinessHoursInput,
  getPromotionsInput,
  getServicesInput,
  type ServiceView,
} from './contract.ts';
import { localDay, localTime } from './local-time.ts';
import { hoursOf, lookUp, refuse } from './lookup.ts';
import { openingPeriods, specialDateOn, weekdayPeriods } from './opening.ts';

export const getServices = defineTool({
  name: 'get_services',
  description:
    'Services with price, duration and who does them; all, or the one (or the category) that is named. ' +
    'Answers "unknown" with all services when the named one is not offered.',
  input: getServicesInput,
  effect: 'read',
  async execute({ service: name }, context): Promise<GetServicesOutput> {
    const catalogue = await context.query((database) => loadCatalogue(database, context));
    const all = (services: readonly Service[]) => services.map((service) => serviceView(catalogue, service));
    if (name === undefined) return { kind: 'services', services: all(catalogue.services) };
    const found = findService(catalogue, name);
    if (found !== undefined) return { kind: 'services', services: all([found]) };
    const category = catalogue.services.filter((service) => foldName(service.category) === foldName(name));
    if (category.length > 0) return { kind: 'services', services: all(category) };
    return { kind: 'unknown', services: all(catalogue.services) };
  },
});

function serviceView({ settings, staff }: Catalogue, service: Service): ServiceView {
  const { name, description, category, price, durationMinutes } = service;
  const able = staff.filter((member) => member.serviceIds.includes(service.id)).map((member) => member.name);
  return { name, description, category, price, currency: settings.currency, durationMinutes, staff: able };
}

export const getBusinessHours = defineTool({
  name: 'get_business_hours',
  description: 'Opening hours of the week, coming exceptions, address and phone; with a date, also the hours of that day.',
  input: getBusinessHoursInput,
  effect: 'read',
  async execute({ date }, context): Promise<GetBusinessHoursOutput> {
    const catalogue = await context.query((database) => loadCatalogue(database, context));
    const { address, phone } = catalogue.settings;
    return {
      week: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, periods: weekdayPeriods(catalogue, weekday) })),
      specialDates: catalogue.specialDates
        .filter((special) => special.staffId === null)
        .map((special) => ({ date: special.date, periods: special.periods, reason: special.reason })),
      ...(date === undefined ? {} : { day: dayView(catalogue, date, context.timeZone) }),
      timeZone: context.timeZone,
      ...(address === null ? {} : { address }),
      ...(phone === null ? {} : { phone }),
    };
  },
});

function dayView(catalogue: Catalogue, date: string, timeZone: string): NonNullable<GetBusinessHoursOutput['day']> {
  const periods = openingPeriods(catalogue, localDay(date, timeZone));
  const reason = specialDateOn(catalogue, date, null)?.reason;
  return { date, periods, ...(reason === undefined || reason === '' ? {} : { reason }) };
}

export const getPromotions = defineTool({
  name: 'get_promotions',
  description:
    'Promotions that are valid now, all or those of one service. The discount is already in the price that hold_slot answers.',
  input: getPromotionsInput,
  effect: 'read',
  async execute({ service: name }, context): Promise<GetPromotionsOutput> {
    const catalogue = await context.query((database) => loadCatalogue(database, context));
    const today = localTime(context.now().getTime(), context.timeZone).date;
    const service = name === undefined ? undefined : findService(catalogue, name);
    if (name !== undefined && service === undefined) return { promotions: [] };
    const valid = catalogue.promotions.filter(
      ({ validFrom, validTo, serviceIds }) =>
        (validFrom === null || validFrom <= today) &&
        (validTo === null || validTo >= today) &&
        (service === undefined || serviceIds.length === 0 || serviceIds.includes(service.id)),
    );
    return {
      promotions: valid.map(({ name, description, discountPercent, serviceIds, validTo }) => ({
        name,
        description,
        discountPercent,
        services: catalogue.services.filter(({ id }) => serviceIds.length === 0 || serviceIds.includes(id)).map((one) => one.name),
        ...(validTo === null ? {} : { until: validTo }),
      })),
    };
  },
});

export const getAvailability = defineTool({
  name: 'get_availability',
  description:
    'Free start times of a service on a day or a range of days (31 at most), optionally with one person or within a part of the day. ' +
    'Call it before a slot is held, booked or moved to. Where nothing is free it says why and gives the nearest alternatives.',
  input: getAvailabilityInput,
  effect: 'read',
  execute(input, context): Promise<GetAvailabilityOutput> {
    return context.query(async (database) => {
      const lookup = await lookUp(database, context, input);
      if (lookup.kind !== 'found') return lookup;
      const { slots, search, catalogue } = lookup;
      if (slots.length === 0) return refuse(database, context, lookup);
      const { service } = search;
      return {
        kind: 'available',
        service: service.name,
        durationMinutes: service.durationMinutes,
        ...hoursOf(lookup),
        ...(search.from === search.to ? priceOn(catalogue, service, search.from) : { price: service.price }),
        currency: catalogue.settings.currency,
        slots: selectSlots(slots).map(slotView),
      };
    });
  },
});
