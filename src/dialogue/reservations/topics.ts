/** What customers say of appointments and reservations beside what they want. Texts are folded first. */
import { type Expressions, generalExpressions, type Topics } from '../topics.ts';

export interface ReservationTopics extends Topics {
  /** "¿Qué servicios tienen?", in so many words. */
  services: boolean;
  /** "¿Tienen estacionamiento?": of the house, and known to its people only. */
  house: boolean;
  /** "¿Quién atiende?" */
  staff: boolean;
  /** "¿Dónde queda?" */
  address: boolean;
  /** "¿Cuánto dura?" */
  duration: boolean;
  /** "el más barato" */
  cheapest: boolean;
  /** "la lista con todos los precios", "cada uno" */
  everything: boolean;
  /** "¿qué incluye?", "¿qué diferencia hay?" */
  details: boolean;
  /** "no importa el precio" */
  anyPrice: boolean;
  /** "¿aceptan tarjeta?" */
  payment: boolean;
  /** "Es un robo": finds it dear and asks nothing. */
  dear: boolean;
  /** "¿y si cancelo?": asks about the rules and cancels nothing. */
  whatIf: boolean;
  /** Speaks of an appointment that exists: "mi turno", "el turno del jueves". */
  ownAppointment: boolean;
  /** "¿qué horarios tenés?", "¿qué otro día?" */
  whatIsFree: boolean;
  /** "A la misma hora" */
  sameTime: boolean;
  /** "El mismo día" */
  sameDay: boolean;
  /** Asks for an appointment of somebody else: "¿a qué hora tiene turno Nico?" */
  somebodysAppointment: boolean;
  /** Speaks of a child. */
  child: boolean;
}

export const reservationExpressions: Expressions<ReservationTopics> = {
  ...generalExpressions,
  services:
    /\b((que|cuales|cual) (son )?(los |sus )?servicios|servicios (tienen|tenes|hacen|hay|ofrecen|brindan|dan)|(what|which) (services|treatments)|services do you)\b/,
  house:
    /\b(tienen|tenes|hay|cuentan con|aceptan|permiten|se puede|puedo|(do you|is there|are there|can i|may i)( have| allow| accept)?)\b.{0,30}\b(estacionamiento|cochera|garage|wi-?fi|aire acondicionado|cafe|bano|rampa|ascensor|silla de ruedas|mascotas?|perr[oa]s?|gatos?|estacionar|parking|park|air conditioning|coffee|toilet|restroom|wheelchair|elevator|pets?|dogs?|cats?)\b/,
  staff:
    /\b(quien(es)?|que (profesional|peluquer|estilista|barber)\w*|cuales? profesional\w*|con quien)\b.{0,40}\b(atiend|trabaj|corta|hace|hacer|es el|son los|esta|estan|va a|me va|puede|pueden|atender|profesional|peluquer|estilista|elegir)\w*|\b(profesional|peluquer[oa]|estilista|barber)(s|es)?\b.{0,30}\b(tienen|tenes|hay|trabajan|atienden|disponibles|estan|son)\b|\b(tienen|tenes|hay|sobre|que|los|un|algun|especialista)\b.{0,12}\b(profesionales|peluqueros|estilistas|barberos|especialista)\b|\bquien(es)? (me|nos|lo|la|va)?\s?\w*(atend|cort|hac|libre)\w*|\b(who|which (stylist|hairdresser|barber|person))\b.{0,30}\b(work|does|do|cuts?|available|there|will|is|are)\w*|\b(your|what|which) (staff|stylists?|hairdressers?|barbers?)\b|\bdo you have (any )?(stylists?|hairdressers?|barbers?)\b/,
  address:
    /\b(donde (queda|quedan|estan|esta|es|se encuentran|los encuentro|atienden|tengo que ir)|direccion|ubicacion|ubicad[oa]s?|como llego|where (are you|is (it|the (salon|shop|place)))|address|located|location|how do i get there)\b/,
  duration: /\b(cuanto (dura|tarda|tardan|demora|demoran|tiempo)|que duracion|how long)\b/,
  cheapest:
    /\b(mas|menos|lo|algo|muy|tan|bien)\s+(barat|economic|car|accesible|asequible)\w*|\b(barat|economic)(o|a|os|as)\b|\bprecio mas bajo\b|\bcueste menos\b|\b(cheap|cheaper|cheapest|least expensive|lowest price|affordable|inexpensive)\b/,
  everything:
    /\b(tod[oa]s|lista|listado|cada un[oa]|completa|que (servicios|precios)|los precios|precios (tienen|tenes|manejan)|all (the |your |of )?(prices|services)?|price ?list|everything|your (prices|services|rates))\b/,
  details:
    /\b(inclu(ye|yen|ido|ida|idos)|que tiene cada|en que consiste|de que se trata|(que|cual es la|hay) diferencia|what('s| is| does) .{0,20}includ\w*|difference between|what do i get)\b/,
  anyPrice:
    /\b(no (me )?(importa|interesa)n?\b.{0,30}\bprecio|price (does not|doesn'?t) matter|(don'?t|do not) (care|mind) about (the )?(price|cost))\b/,
  payment:
    /\b(pag(o|ar|as|an|os)\b.{0,40}\b(tarjeta|efectivo|transferencia|linea|online|cuotas|debito|credito|mercado ?pago|ahora|adelantado)|tarjetas?( de (credito|debito))?|mercado ?pago|formas? de pago|medios? de pago|se(na|ña)\b|pay (by|with|in|online)|credit card|payment (method|option)s?|do you (take|accept) (cards?|cash))\b/,
  dear: /\b(un (robo|afano|choreo)|carisim[oa]|salad[oa]s?|una locura de|que car[oa]s?|rip.?off|too expensive|so expensive)\b/,
  whatIf:
    /\b((que pasa|y|cargo|algo|problema|multa)?\b.{0,15}\bsi (lo |la )?(cancelo|cambio de idea|llego tarde|no (puedo|llego|voy|vengo)|me (arrepiento|demoro))|\b(lo|la|se|los)? ?(puedo|puede|podria) cancelar(lo|la)?\b.{0,15}\b(despues|luego|si|mas adelante|hasta)\b|can i (still )?cancel\b.{0,15}\b(later|if|afterwards)\b|(what (if|happens)|charge|fee|penalty)\b.{0,25}\b(cancel|am late|change)|if i (cancel|am late))\b/,
  ownAppointment:
    /\b((mi|mis|nuestro) (turnos?|citas?|reservas?|hora)|(el|la|un|este|ese) (turno|cita|reserva)( que)? (tengo|tenia|saque|saco|reserve|pedi|agende|habia)|(el|la) (turno|cita|reserva) (del?|de las?|de el|para el)|ya (tengo|tenia|saque) (un |una )?(turno|cita|reserva)|my (appointments?|bookings?|reservations?|slot)|(the|an) (appointment|booking) (i (have|had|made|booked)|on|for)|i (already )?(have|had|booked|made) (an? )?(appointment|booking))\b/,
  whatIsFree:
    /\b(que (horas?|horarios?|turnos?|dias?|lugares?|huecos?)\b.{0,25}\b(hay|tenes|tienen|te quedan?|quedan?|disponibles?|libres?|recomendas|podes)|(horarios?|turnos?|lugar) (disponibles?|libres?)|que tenes( libre)?|what (times?|slots?|days?)\b.{0,20}\b(have|free|available|open)|when (are you free|can i come))\b/,
  sameTime: /\b((la|el) (misma hora|mismo horario)|same time)\b/,
  sameDay: /\b((el|ese) mismo dia|same day)\b/,
  somebodysAppointment:
    /\b(a que hora|cuando|que dia)\b.{0,6}\btiene (el |su |un )?turno (?!para|disponible|libre|hoy|manana|el |este)\w+|\b(when|what time) (is|does) (?!my|the|it|your)(\w+ )?\w+('?s)?\b.{0,8}\b(appointment|booking)\b/,
  child:
    /\b(mi|mis|para (el|la|un|una|mi)) (hij[oa]s?|nen[ea]s?|nietit?[oa]s?|chiquit[oa]s?|ninit?[oa]s?|nin[oa]s?|sobrinit[oa])\b|\b(my|a|for (my|a)) (little )?(son|daughter|kid|child|boy|girl|toddler)\b/,
};

/** "Media hora más tarde", "an hour earlier", in minutes; later is positive. The text is folded. */
export function readShift(folded: string): number | undefined {
  const found =
    /\b(una|un|1|one|an|dos|2|two|media|half an|half a) (hours?|horas?)?\s*(mas tarde|despues|later|mas temprano|antes|earlier|sooner)\b|\b(15|20|30|45|quince|veinte|treinta|fifteen|twenty|thirty) min\w*\s*(mas tarde|despues|later|mas temprano|antes|earlier|sooner)\b/.exec(
      folded,
    );
  if (found === null) return undefined;
  const [, hours, , when, minutes, whenMinutes] = found;
  const words: Readonly<Record<string, number>> = { quince: 15, fifteen: 15, veinte: 20, twenty: 20, treinta: 30, thirty: 30 };
  const distance =
    minutes === undefined
      ? 60 * (/^(media|half)/.test(hours ?? '') ? 0.5 : /^(dos|2|two)/.test(hours ?? '') ? 2 : 1)
      : (words[minutes] ?? Number(minutes));
  return /tarde|despues|later/.test(when ?? whenMinutes ?? '') ? distance : -distance;
}

/** An appointment's code: six letters and digits with at least one of each, or whatever follows the word "código". */
export function readCode(text: string): string | undefined {
  const named = /\b(?:c[oó]digo|code)\b(?:\s+(?:de(?:l)?\s+turno|es|is|:))*[\s:#]*([a-z0-9]{4,12})\b/i.exec(text)?.[1];
  if (named !== undefined && (/\d/.test(named) || named === named.toUpperCase())) return named.toUpperCase();
  for (const [word] of text.matchAll(/\b[a-z0-9]{6}\b/gi)) {
    if (/\d/.test(word) && /[a-z]/i.test(word) && !/^\d+(hs|am|pm|min|mil)$/i.test(word)) return word.toUpperCase();
  }
  return undefined;
}

const weekdays: readonly RegExp[] = [
  /\b(lunes|mondays?)\b/,
  /\b(martes|tuesdays?)\b/,
  /\b(miercoles|wednesdays?)\b/,
  /\b(jueves|thursdays?)\b/,
  /\b(viernes|fridays?)\b/,
  /\b(sabado|saturdays?)\b/,
  /\b(domingo|sundays?)\b/,
];
const weekday = '(lunes|martes|miercoles|jueves|viernes|sabado|domingo|monday|tuesday|wednesday|thursday|friday|saturday|sunday)';
const followingDay = new RegExp(
  `\\b${weekday} (siguiente|posterior)\\b|\\b(siguiente|following) ${weekday}\\b|\\b${weekday} after( that)?\\b`,
);
const dayAfter =
  /\b((el|al|para el) dia (siguiente|despues)|(the|to the|for the) (following|next) day|(the|to the) day after(?! tomorrow))\b/;
const weekAfter =
  /\b(una semana (despues|mas tarde)|(la|para la|a la) semana siguiente|(a|one) week later|(the|to the) following week|the week after)\b/;

/**
 * "El lunes siguiente", "the day after", "una semana después", said of an appointment that is moved: what the day is counted from is the
 * appointment. The text is folded.
 * @returns a weekday (Monday = 1 … Sunday = 7), which is the first such day after it, or a number of days
 */
export function readFollowing(folded: string): { weekday: number } | { days: number } | undefined {
  const named = followingDay.exec(folded)?.[0];
  if (named !== undefined) return { weekday: weekdays.findIndex((expression) => expression.test(named)) + 1 };
  if (dayAfter.test(folded)) return { days: 1 };
  return weekAfter.test(folded) ? { days: 7 } : undefined;
}
