import { englishBase } from '../../language/base/english-base.ts';
import type { WordClasses } from '../../language/pattern.ts';

/** Families of English words that the cues are made of. */
export const englishClasses: WordClasses = {
  ...englishBase.classes,
  have: 'offers left have has got any there is are anything something available free left',
  appointment:
    'reservations appoinment apointment appointment appointments appt appts booking bookings reservation reservations slot slots session visit spot stay',
  room: 'cottage villa studio bungalow bedroom bedrooms triple deluxe junior connecting queen presidential penthouse room rooms suite suites single double twin king cabin apartment',
  reserve: 'rebook prebook bookin book booking schedule scheduled reserve reserving arrange',
  change:
    'modifying edit editing correct relocate move swap transfer change changing changed move moving moved reschedule rescheduling rescheduled switch switching modify modifying modified shift push postpone postponing delay swap amend update adjust alter extend rebook',
  cancel:
    'drop undo annul cancell cancel cancelling canceling cancelled canceled cancellation cancelation cancels delete remove scrap withdraw void',
  price: 'price prices pricing rate rates cost costs fee fees charge charges quote tariff tariffs',
  offer: 'service services treatments treatment options option menu amenities facilities types kind kinds styles',
  open: 'open opens opened opening close closes closed closing shut',
  amenity:
    'sofa desk iron kettle microwave kitchen kitchenette bathrobe robes slippers coffee babysitting babysitter childcare playground rooftop towels pillows luggage storage concierge netflix toiletries safe heated balconies restaurants laundromat printer business bikes buffet pool gym fitness spa wifi internet parking breakfast restaurant bar minibar fridge laundry heating air conditioning sauna jacuzzi tub bathtub bathtubs terrace garden shuttle valet elevator lift hairdryer tv balcony conference meeting crib view ac lounge',
};
