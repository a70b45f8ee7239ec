import { capitalized, fullDay, money, shortDay } from '../../../../src/dialogue.ts';
import type { Sentences } from './contract.ts';
import { clockOf, guests, nights } from './counts.ts';

const upTo = (count: number): string => (count === 1 ? 'para 1 persona' : `hasta ${count} personas`);

export const spanish: Sentences = {
  days: (checkIn, checkOut, today) => `del ${shortDay(checkIn, today, 'es')} al ${fullDay(checkOut, today, 'es')}`,
  offers: (offers, today) => {
    const [first] = offers;
    if (first === undefined) return '';
    const rows = offers.map(
      (offer, index) =>
        `${index + 1}. ${offer.type}: ${money(offer.total, offer.currency, 'es')} en total (${money(offer.averageNight, offer.currency, 'es')} la noche), impuestos incluidos`,
    );
    return `Hay disponibilidad ${spanish.days(first.checkIn, first.checkOut, today)}, ${nights(first.nights, 'es')}, para ${guests(first.adults, first.children, 'es')}:\n${rows.join('\n')}`;
  },
  quote: (offer, today) =>
    `Hay disponibilidad: ${offer.type}, ${spanish.days(offer.checkIn, offer.checkOut, today)}, ${nights(offer.nights, 'es')}, para ${guests(offer.adults, offer.children, 'es')}. Son ${money(offer.total, offer.currency, 'es')} en total (${money(offer.averageNight, offer.currency, 'es')} la noche), impuestos incluidos. ${spanish.cancellation(offer.cancellation, offer.currency, today)}`.trim(),
  whichOffer: (count) => (count === 1 ? '¿La reservo?' : '¿Cuál te reservo?'),
  prices: (offers) =>
    offers
      .map(
        ({ type, total, averageNight, currency, nights: count }) =>
          `El precio de ${type} es ${money(averageNight, currency, 'es')} la noche; por ${nights(count, 'es')}, ${money(total, currency, 'es')} con impuestos.`,
      )
      .join('\n'),
  noRoom: (reason, today, { checkIn, checkOut }, minNights) => {
    const days = spanish.days(checkIn, checkOut, today);
    if (reason === 'min-nights') return `Para esas fechas la estadía mínima es de ${nights(minNights ?? 2, 'es')}.`;
    if (reason === 'occupancy') return 'No tengo una habitación de ese tipo para tantas personas.';
    if (reason === 'closed') return `El hotel no recibe huéspedes ${days}.`;
    return reason === 'no-rate' ? `Todavía no tengo tarifa ${days}.` : `No me queda disponibilidad ${days}: está completo.`;
  },
  alternatives: (offers, today) =>
    `Como alternativas tengo:\n${offers.map((offer, index) => `${index + 1}. ${offer.type}, ${spanish.days(offer.checkIn, offer.checkOut, today)}: ${money(offer.total, offer.currency, 'es')} en total`).join('\n')}`,
  refused: (reason, limit) =>
    ({
      past: 'Esa fecha ya pasó. ¿Para qué días sería?',
      'dates-in-order': 'La salida tiene que ser después de la llegada. ¿De qué día a qué día es?',
      'too-long': `Por acá tomo estadías de hasta ${limit ?? 30} noches. ¿Cuántas noches son?`,
      'too-far': `Por ahora vendo hasta el ${limit ?? 'año que viene'}. ¿Para qué otra fecha miro?`,
      'too-many-guests': `Por acá reservo para hasta ${limit ?? 20} personas; para un grupo más grande te paso con una persona.`,
      'adult-needed': 'Tiene que viajar al menos un adulto. ¿Cuántos adultos son?',
      'more-rooms-than-guests': 'Son más habitaciones que personas. ¿Cuántas personas son?',
    })[reason] ?? 'Así no lo puedo reservar.',
  systemDown: () =>
    'Disculpá, el sistema de reservas está temporalmente no disponible y no quiero darte un dato equivocado. Probá en unos minutos, o te paso con una persona.',
  stale: (asOf) =>
    `Ojo: esta información puede estar desactualizada (última actualización ${asOf}) y no la puedo confirmar en este momento.`,
  taken: () => 'Esa opción se acaba de ocupar.',
  priceChanged: (before, offer) =>
    `El precio cambió: era ${money(before, offer.currency, 'es')} y ahora es ${money(offer.total, offer.currency, 'es')}.`,
  confirmBooking: (offer, name, until, today) =>
    `Reservo a nombre de ${name}: ${offer.type}, ${spanish.days(offer.checkIn, offer.checkOut, today)}, ${nights(offer.nights, 'es')}, ${guests(offer.adults, offer.children, 'es')}. Total ${money(offer.total, offer.currency, 'es')}, impuestos incluidos. ${[offer.deposit === undefined ? '' : spanish.deposit(offer.deposit, offer.currency), spanish.cancellation(offer.cancellation, offer.currency, today)].filter(Boolean).join(' ')} Te la guardo hasta las ${until}. ¿Confirmo la reserva?`,
  confirmAgain: (name) => `¿Confirmo la reserva a nombre de ${name}, con lo que te pasé recién?`,
  booked: (stay, today) =>
    `¡Listo, reserva confirmada! Código ${stay.code}: ${stay.type}, ${spanish.days(stay.checkIn, stay.checkOut, today)}, total ${money(stay.total, stay.currency, 'es')}. Te esperamos desde las ${stay.checkInFrom}.${stay.deposit === undefined ? '' : ` ${spanish.deposit(stay.deposit, stay.currency)}`}`,
  unclear: (reference) =>
    `El sistema no me contestó con claridad (referencia ${reference}). Todavía no está confirmado: lo verifico y te aviso por acá.`,
  expired: () => 'Se venció el lugar que te guardaba; miro de nuevo.',
  notNow: () => 'Dale, no reservo nada. Si querés que mire otras fechas u otra habitación, decime.',
  deposit: ({ amount, percent, dueHours, howToPay }, currency) =>
    `Para asegurarla se deja una seña de ${money(amount, currency, 'es')} (${percent} %) dentro de las ${dueHours} h. ${howToPay.es}`.trim(),
  cancellation: ({ refundable, freeUntil, fee }, currency, today) => {
    if (!refundable) return 'Esta tarifa no es reembolsable.';
    if (freeUntil === undefined) return `Cancelarla cuesta ${money(fee, currency, 'es')}.`;
    return `Se cancela sin cargo hasta el ${shortDay(freeUntil.slice(0, 10), today, 'es')} a las ${clockOf(freeUntil)}; después cuesta ${money(fee, currency, 'es')}.`;
  },
  stay: (stay, today) =>
    `Reserva ${stay.code}: ${stay.type}, ${spanish.days(stay.checkIn, stay.checkOut, today)}, ${guests(stay.adults, stay.children, 'es')}, a nombre de ${stay.name}. Total ${money(stay.total, stay.currency, 'es')}${stay.balance > 0 ? `, saldo ${money(stay.balance, stay.currency, 'es')}` : ', pagado'}. Check-in desde las ${stay.checkInFrom}, check-out hasta las ${stay.checkOutUntil}. ${stay.status === 'confirmed' ? 'Está confirmada.' : ''}`.trim(),
  badEmail: () => 'Ese email parece inválido: ¿me pasás el correo correcto, o un teléfono?',
  badPhone: () => 'Ese teléfono parece inválido: ¿me pasás el número correcto, con código de área?',
  noStays: () => 'No encuentro reservas tuyas por venir.',
  askCode: (task) => {
    const what = {
      cancel: 'Para cancelar',
      change: 'Para cambiarla',
      lateCheckout: 'Para el check-out tardío',
      earlyArrival: 'Para el check-in anticipado',
    }[task ?? ''];
    const asked = 'me pasás el código de la reserva? Está en la confirmación.';
    return what === undefined ? `¿M${asked.slice(1)}` : `${what}, ¿${asked}`;
  },
  codeNeeded: (stays, today) =>
    `Veo ${stays.length === 1 ? 'una reserva' : `${stays.length} reservas`} ${stays.map(({ checkIn, checkOut }) => spanish.days(checkIn, checkOut, today)).join(' y ')}. Para mostrarla o cambiarla necesito el código de la confirmación.`,
  notFound: () => 'No encuentro esa reserva entre las tuyas. Fijate el código en la confirmación, o te paso con una persona.',
  whichStay: (stays, today) =>
    `¿Cuál de tus reservas?\n${stays.map(({ code, type, checkIn, checkOut }, index) => `${index + 1}. ${code}: ${type}, ${spanish.days(checkIn, checkOut, today)}`).join('\n')}`,
  confirmCancel: (stay, fee, refund, currency, today) =>
    `Cancelo la reserva ${stay.code}, ${spanish.days(stay.checkIn, stay.checkOut, today)}. Según la política de cancelación ${fee === 0 ? 'no tiene cargo' : `el cargo es de ${money(fee, currency, 'es')}`}${refund > 0 ? ` y el reembolso es de ${money(refund, currency, 'es')}` : ''}. ¿Confirmo la cancelación?`,
  cancelled: (stay, fee, refund, currency) =>
    `Listo, la reserva ${stay.code} quedó cancelada${fee === 0 ? ' sin cargo' : ` con un cargo de ${money(fee, currency, 'es')}`}.${refund > 0 ? ` Reembolso: ${money(refund, currency, 'es')}.` : ''}`,
  notCancellable: (reason) =>
    reason === 'started'
      ? 'Esa estadía ya empezó: la salida anticipada la ve una persona de recepción.'
      : 'Esa tarifa no es reembolsable y no la puedo cancelar por acá; si es por fuerza mayor, lo ve una persona del equipo.',
  kept: () => 'Dale, la dejo como está.',
  askChange: (stay, today) =>
    `Tu reserva ${stay.code} es ${spanish.days(stay.checkIn, stay.checkOut, today)}, ${stay.type}, ${guests(stay.adults, stay.children, 'es')}. ¿Qué cambiamos: las fechas, las personas o la habitación?`,
  confirmChange: (stay, after, difference, today) =>
    `Cambio la reserva ${stay.code} a: ${after.type}, ${spanish.days(after.checkIn, after.checkOut, today)}, ${nights(after.nights, 'es')}, ${guests(after.adults, after.children, 'es')}. Total ${money(after.total, after.currency, 'es')}${difference === 0 ? ', el mismo precio' : difference > 0 ? ` (${money(difference, after.currency, 'es')} más)` : ` (${money(-difference, after.currency, 'es')} menos)`}. ¿Confirmo el cambio?`,
  changed: (stay, today) =>
    `Listo, reserva ${stay.code} cambiada: ${stay.type}, ${spanish.days(stay.checkIn, stay.checkOut, today)}, total ${money(stay.total, stay.currency, 'es')}.`,
  notChangeable: (reason) =>
    ({ rate: 'Esa tarifa no admite cambios.', started: 'La estadía ya empezó: los cambios los ve recepción.' })[reason] ??
    'Tiene varias habitaciones: el cambio lo ve una persona.',
  nothingChanges: () => 'Así quedaría igual que ahora. ¿Qué cambiamos?',
  askUntil: (latest) => `¿Hasta qué hora necesitás quedarte?${latest === undefined ? '' : ` Se ofrece hasta las ${latest}.`}`,
  confirmLate: (until, fee, currency, date, today) =>
    `Check-out tardío el ${shortDay(date, today, 'es')} hasta las ${until}: ${fee === 0 ? 'sin cargo adicional' : `cargo adicional de ${money(fee, currency, 'es')}`}. ¿Lo confirmo?`,
  lateGranted: (until, fee, currency) =>
    `Listo, tenés la habitación hasta las ${until}${fee === 0 ? ', sin cargo' : `; se suman ${money(fee, currency, 'es')} a la cuenta`}.`,
  lateRefused: (reason, until, latest, luggage) => {
    const why = {
      sold: 'La habitación se ocupa ese mismo día',
      'too-late': `Lo más tarde que se ofrece son las ${latest ?? until}`,
      'not-offered': 'Este hotel no ofrece check-out tardío',
      'not-needed': `Tu check-out ya es hasta las ${until}`,
    }[reason];
    return `${why ?? 'No es posible'}${reason === 'not-needed' ? '.' : `; el check-out es hasta las ${until}.`}${luggage ? ' Podés dejar el equipaje en recepción.' : ''}`;
  },
  askArrival: () => '¿A qué hora llegarías?',
  arrival: (at, from, room, likely, luggage) => {
    if (room === 'ready') return `Anotado: llegás a las ${at}. El check-in es desde las ${from}.`;
    if (room === 'too-early')
      return `A las ${at} todavía no entregamos habitaciones: el check-in es desde las ${from}.${luggage ? ' Podés dejar el equipaje en recepción.' : ''}`;
    return `El check-in es desde las ${from}; le aviso a recepción que llegás a las ${at}.${likely ? ' Es probable que esté lista,' : ' Está sujeto a disponibilidad,'} pero no lo puedo prometer.${luggage ? ' Podés dejar el equipaje.' : ''}`;
  },
  types: (types) =>
    `Tenemos:\n${types.map((type) => `- ${type.name}: ${upTo(type.sleeps)}, ${type.beds}${type.priceFrom === undefined ? '' : `, desde ${money(type.priceFrom, type.currency, 'es')} la noche`}`).join('\n')}`,
  type: (type) =>
    `${type.name}: ${type.description} ${capitalized(upTo(type.sleeps))}, ${type.beds}.${type.features.length === 0 ? '' : ` Tiene ${type.features.join(', ')}.`}`,
  unknownType: (types) => `No tengo ese tipo de habitación. Hay: ${types.join(', ')}.`,
  pricesFrom: (types) => {
    const priced = types.filter(({ priceFrom }) => priceFrom !== undefined);
    if (priced.length === 0) return 'El precio depende de las fechas. Decime qué días y cuántos son, y te paso el total.';
    return `Precios desde: ${priced.map(({ name, priceFrom = 0, currency }) => `${name} ${money(priceFrom, currency, 'es')} la noche`).join('; ')}. Decime fechas y cuántos son y te paso el total.`;
  },
  whichHotel: (hotels) => `¿De cuál hotel: ${hotels.join(' o ')}?`,
  times: ({ checkInFrom, checkOutUntil }) => `El check-in es desde las ${checkInFrom} y el check-out hasta las ${checkOutUntil}.`,
  cancellationTerms: (hours, percent) =>
    `Cancelación: sin cargo hasta ${hours} h antes de la llegada; después se cobra el ${percent} % de la primera noche.`,
  depositTerms: (percent) => (percent === 0 ? 'No pedimos seña.' : `La reserva se asegura con una seña del ${percent} %.`),
  address: (address) => (address === undefined ? 'Te mando la ubicación.' : `Estamos en ${address}.`),
  desk: (periods) =>
    periods.length === 0
      ? 'Recepción no tiene horario cargado.'
      : `Recepción atiende: ${periods.join('; ')}. Por acá te respondo a cualquier hora.`,
  noText: () => 'No tengo ese dato cargado; si querés, te paso con una persona del hotel.',
  photo: (type) => `Esta es la habitación ${type}.`,
  noPhoto: (type) => `No tengo fotos de ${type} por acá.`,
  askPhotoType: (types) => `¿De cuál te mando la foto: ${types.join(', ')}?`,
  passedOn: (text) => `Le pasé a recepción tu pedido («${text}»). No es una promesa: te lo confirman ellos.`,
  askRequest: () => '¿Qué necesitás que le pase a recepción?',
  proof: () => 'Gracias, le paso el comprobante al equipo para que lo revise. Hasta que lo vean no cambia el estado de tu reserva.',
  called: (open, opensAt, today, urgent, emergency) => {
    const number = urgent && emergency !== undefined ? ` Si es una emergencia, llamá al ${emergency}.` : '';
    if (open || opensAt === undefined) return `Le avisé a una persona del equipo: te responde por acá apenas pueda.${number}`;
    return `Le avisé al equipo. Ahora no hay nadie en recepción; vuelven el ${shortDay(opensAt.slice(0, 10), today, 'es')} a las ${clockOf(opensAt)} y te responden por acá. Mientras tanto puedo seguir con reservas y consultas.${number}`;
  },
  sorry: () => 'Lamento el problema.',
  alsoPassedOn: (said) => `Le pasé también esto a la persona del equipo que te va a responder: «${said}».`,
  thanksForReview: () => '¡Gracias por contarnos! Nos alegra mucho, se lo paso al equipo.',
  noMoreMessages: () => 'Listo, no te escribimos más.',
  askReview: () => '¡Gracias! ¿Cuántas estrellas le das a tu estadía, y qué mejorarías?',
  voice: () => 'Por acá no puedo escuchar audios. ¿Me lo escribís?',
  picture: () => 'Le paso la imagen a una persona del equipo para que la mire.',
  nightIsRunning: () => 'Para la noche que ya empezó lo ve recepción.',
};
