/** What the hotel says. Every amount, date and code in it comes from an answer of a tool. */
import type {
  CancellationView,
  DepositView,
  HotelInformationOutput,
  NoRoomReason,
  OfferView,
  RoomTypeView,
  StayView,
} from '../../contract.ts';

export interface Sentences {
  offers(offers: readonly OfferView[], today: string): string;
  quote(offer: OfferView, today: string): string;
  whichOffer(count: number): string;
  prices(offers: readonly OfferView[]): string;
  noRoom(reason: NoRoomReason, today: string, dates: { checkIn: string; checkOut: string }, minNights: number | undefined): string;
  alternatives(offers: readonly OfferView[], today: string): string;
  refused(reason: string, limit: number | string | undefined): string;
  systemDown(): string;
  stale(asOf: string): string;
  taken(): string;
  priceChanged(before: number, offer: OfferView): string;
  confirmBooking(offer: OfferView, name: string, until: string, today: string): string;
  confirmAgain(name: string): string;
  booked(stay: StayView, today: string): string;
  unclear(reference: string): string;
  expired(): string;
  notNow(): string;
  deposit(deposit: DepositView, currency: string): string;
  cancellation(view: CancellationView, currency: string, today: string): string;
  stay(stay: StayView, today: string): string;
  badEmail(): string;
  badPhone(): string;
  noStays(): string;
  /** @param task what it is for */
  askCode(task?: string): string;
  codeNeeded(stays: readonly { checkIn: string; checkOut: string }[], today: string): string;
  notFound(): string;
  whichStay(stays: readonly StayView[], today: string): string;
  confirmCancel(stay: StayView, fee: number, refund: number, currency: string, today: string): string;
  cancelled(stay: StayView, fee: number, refund: number, currency: string): string;
  notCancellable(reason: string): string;
  kept(): string;
  askChange(stay: StayView, today: string): string;
  confirmChange(stay: StayView, after: OfferView, difference: number, today: string): string;
  changed(stay: StayView, today: string): string;
  notChangeable(reason: string): string;
  nothingChanges(): string;
  askUntil(latest: string | undefined): string;
  confirmLate(until: string, fee: number, currency: string, date: string, today: string): string;
  lateGranted(until: string, fee: number, currency: string): string;
  lateRefused(reason: string, until: string, latest: string | undefined, luggage: boolean): string;
  askArrival(): string;
  arrival(at: string, from: string, room: string, likely: boolean, luggage: boolean): string;
  types(types: readonly RoomTypeView[]): string;
  type(type: RoomTypeView): string;
  unknownType(types: readonly string[]): string;
  pricesFrom(types: readonly RoomTypeView[]): string;
  whichHotel(hotels: readonly string[]): string;
  times(information: Extract<HotelInformationOutput, { kind: 'information' }>): string;
  cancellationTerms(freeHours: number, percent: number): string;
  depositTerms(percent: number): string;
  address(address: string | undefined): string;
  desk(periods: readonly string[]): string;
  noText(): string;
  photo(type: string): string;
  noPhoto(type: string): string;
  askPhotoType(types: readonly string[]): string;
  passedOn(text: string): string;
  askRequest(): string;
  proof(): string;
  called(deskOpen: boolean, opensAt: string | undefined, today: string, urgent: boolean, emergency: string | undefined): string;
  sorry(): string;
  /** @param said the guest's words */
  alsoPassedOn(said: string): string;
  thanksForReview(): string;
  noMoreMessages(): string;
  askReview(): string;
  voice(): string;
  picture(): string;
  nightIsRunning(): string;
  /** Both ends of a stay. */
  days(checkIn: string, checkOut: string, today: string): string;
}
