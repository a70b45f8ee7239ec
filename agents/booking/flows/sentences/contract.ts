/** Every sentence that the flow can say. Each language has its own file; the type makes sure that both have all of them. */
import type { Phrases, ShortPhrases } from '../../../../src/dialogue.ts';
import type {
  AppointmentView,
  GetAvailabilityOutput,
  GetPromotionsOutput,
  OpeningPeriod,
  ServiceView,
  Slot,
} from '../../contract.ts';

export type NoSlotReason = Extract<GetAvailabilityOutput, { kind: 'none' }>['reason'];

/** What a customer confirms, or has booked. */
export interface Booking {
  service: string;
  date: string;
  time: string;
  staff: string;
  durationMinutes: number;
  price: number;
  currency: string;
  promotion?: string | undefined;
  name: string;
}

export interface OfferOptions {
  service?: string | undefined;
  staff?: string | undefined;
  extra?: string | undefined;
}

/** Quick answers. */
export interface ShortAnswers extends ShortPhrases {
  today: string;
  tomorrow: string;
  soonest: string;
  anotherDay: string;
  anotherTime: string;
  book: string;
  prices: string;
  hours: string;
}

export interface Sentences extends Phrases {
  short: ShortAnswers;

  // ---- opening and closing ----
  /** Goodbye to somebody who has an appointment. */
  seeYou(appointment: AppointmentView, today: string): string;

  // ---- one question for each thing that may be missing ----
  /** `more`: there are others beside those that are named. */
  askService(services: readonly string[], more: boolean): string;
  /** After the list was given. */
  askOneOfThem(): string;
  askWhichService(services: readonly string[]): string;
  askDate(service: string): string;
  askTime(): string;
  askStaff(people: readonly string[]): string;
  /** Which slot is kept while the customer answers. */
  holding(service: string, slot: Slot, today: string): string;
  /** The same for somebody in a hurry. */
  soonestHeld(slot: Slot, today: string): string;
  /** That person does not do that service. */
  notWith(person: string, service: string, people: readonly string[]): string;
  /** The workspace has no services yet. */
  notSetUp(): string;

  // ---- free slots ----
  /** `extra` stands between the slots and the question. */
  offer(slots: readonly Slot[], today: string, options: OfferOptions): string;
  /** The price of that day, with the promotion that makes it. */
  dayPrice(price: { price: number; currency: string; promotion: string }): string;
  whichOne(slots: readonly Slot[], today: string): string;
  whichOfThese(): string;
  /** One slot, put to a yes; `others`: there are more. */
  propose(slot: Slot, today: string, others: boolean): string;
  wantedNotFree(wanted: string, date: string | undefined, today: string): string;
  noSlots(reason: NoSlotReason, date: string | undefined, today: string, staff: string | undefined): string;
  /** Nothing at the part of the day that was wished for. */
  noSlotsThen(date: string | undefined, today: string): string;
  outsideHours(time: string): string;
  /** Open at that time, but not for as long as the service takes. */
  endsTooLate(time: string, closes: string): string;
  /** The house is closed at the part of the day that was wished for. */
  closedThen(date: string | undefined, today: string): string;
  shortSlot(slot: Slot, today: string): string;
  taken(): string;
  nothingFree(): string;
  /** The slot of a service that the customer did not name. */
  assumedService(service: string): string;
  onePersonEach(): string;

  // ---- dates and times that cannot be ----

  // ---- booking ----
  confirmBooking(booking: Booking, today: string): string;
  booked(appointment: AppointmentView, today: string): string;
  manageAt(url: string): string;
  bookNextPerson(): string;
  bookNextService(service: string): string;
  notOffered(wanted: string): string;
  serviceUnknown(wanted: string | undefined, services: readonly string[], more: boolean): string;

  // ---- appointments of this customer ----
  askWhoseAppointment(): string;
  askNameOrCode(): string;
  /** Two weak facts showed when: everything else needs the code. */
  codeNeeded(moments: readonly { date: string; time: string }[], today: string): string;
  askCode(): string;
  notFound(): string;
  noSuchCode(code: string): string;
  /** The customer does not have what finds the appointment. */
  cannotFind(): string;
  /** None of the customer's appointments is like that. */
  notThatOne(): string;
  /** The appointment is at that time already. */
  alreadyThen(appointment: AppointmentView, today: string): string;
  askNameToFind(): string;
  askContactToFind(): string;
  found(appointments: readonly AppointmentView[], today: string): string;
  askWhichAppointment(appointments: readonly AppointmentView[], today: string): string;
  askNewDate(appointment: AppointmentView, today: string): string;
  confirmMove(appointment: AppointmentView, target: Slot, today: string): string;
  moved(appointment: AppointmentView, from: { date: string; time: string }, today: string): string;
  confirmCancel(appointment: AppointmentView, today: string): string;
  cancelled(appointment: AppointmentView, today: string): string;

  // ---- answers ----
  price(service: ServiceView): string;
  prices(services: readonly ServiceView[]): string;
  priceTotal(services: readonly ServiceView[]): string;
  describe(services: readonly ServiceView[]): string;
  cheapest(service: ServiceView): string;
  noCheaper(service: ServiceView): string;
  services(services: readonly ServiceView[]): string;
  duration(service: ServiceView): string;
  whoWorks(people: readonly string[], service: string | undefined): string;
  attends(person: string): string;
  doesAttend(person: string, services: readonly string[]): string;
  hoursOfWeek(week: readonly { weekday: number; periods: readonly OpeningPeriod[] }[]): string;
  hoursOfDay(date: string, periods: readonly OpeningPeriod[], reason: string | undefined, today: string): string;
  address(address: string | undefined, phone: string | undefined): string;
  promotions(promotions: GetPromotionsOutput['promotions']): string;
  noPromotions(): string;
  noPromotionsFor(service: string): string;
  /** What is kept costs this. */
  heldPrice(held: Pick<Booking, 'service' | 'price' | 'currency' | 'promotion'>): string;
  /** The customer finds it dear. */
  sympathy(): string;
  offerToBook(): string;

  // ---- trouble ----
}
