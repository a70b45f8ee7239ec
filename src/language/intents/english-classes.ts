import type { WordClasses } from './pattern.ts';

/** Families of English words that the cues are made of. */
export const englishClasses: WordClasses = {
  want: 'wants wishing hoping fancy seek seeking want wanted need needed like love id looking look wish hoping hope wants interested after require trying try',
  can: 'can could may might would will possible able able',
  have: 'offers left have has got any there is are anything something available free left',
  appointment:
    'reservations appoinment apointment appointment appointments appt appts booking bookings reservation reservations slot slots session visit spot stay',
  room: 'cottage villa studio bungalow bedroom bedrooms triple deluxe junior connecting queen presidential penthouse room rooms suite suites single double twin king cabin apartment',
  reserve: 'rebook prebook bookin book booking schedule scheduled reserve reserving arrange',
  change:
    'modifying edit editing correct relocate move swap transfer change changing changed move moving moved reschedule rescheduling rescheduled switch switching modify modifying modified shift push postpone postponing delay swap amend update adjust alter extend rebook',
  cancel:
    'drop undo annul cancell cancel cancelling canceling cancelled canceled cancellation cancelation cancels delete remove scrap withdraw void',
  person:
    'human person someone somebody agent operator representative rep manager receptionist owner staff supervisor reception anyone people',
  talk: 'talk speak chat connect transfer contact reach call put escalate pass',
  price: 'price prices pricing rate rates cost costs fee fees charge charges quote tariff tariffs',
  offer: 'service services treatments treatment options option menu amenities facilities types kind kinds styles',
  open: 'open opens opened opening close closes closed closing shut',
  amenity:
    'sofa desk iron kettle microwave kitchen kitchenette bathrobe robes slippers coffee babysitting babysitter childcare playground rooftop towels pillows luggage storage concierge netflix toiletries safe heated balconies restaurants laundromat printer business bikes buffet pool gym fitness spa wifi internet parking breakfast restaurant bar minibar fridge laundry heating air conditioning sauna jacuzzi tub bathtub bathtubs terrace garden shuttle valet elevator lift hairdryer tv balcony conference meeting crib view ac lounge',
  yes: 'yes yeah yep yup yess sure absolutely definitely indeed correct exactly right certainly confirmed confirm affirmative aye ya agreed agree course',
  softYes:
    'ok okay okey perfect great cool alright fine good awesome excellent sweet lovely wonderful sounds works done deal fantastic',
  no: 'no nope nah negative never',
  bye: 'bye goodbye cya farewell cheers',
};
