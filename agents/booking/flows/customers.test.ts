/** Ways in which customers really answer: out of order, with corrections, with a word too many or too few. */
import { describe, expect, it } from 'vitest';
import { Chat } from '../rehearsal/chat.ts';
import { openSalon } from '../rehearsal/plan.ts';
import { rehearse } from '../rehearsal/script.ts';

// Today is Friday, 20 November 2026, 12:00.
describe('customers who spell their address out', () => {
  it.each(['ana arroba gmail punto com', 'bruno guion bajo gil arroba hotmail punto com', 'ana at gmail dot com'])(
    'are asked for a yes and not for a member of the staff: %s',
    (address) => {
      rehearse(`
        > corte el martes a las 15
        > Laura Gómez
        [awaiting_input contact]
        > ${address}
        < martes 24 de noviembre a las 15:00.*a nombre de Laura Gómez
        [awaiting_input confirmation]
        > sí
        < Listo, Laura
      `);
    },
  );
});

describe('customers who answer something else', () => {
  it('are thanked for it, asked ever more briefly, and end up with a proposal that a yes takes', () => {
    rehearse(`
      > corte la semana que viene
      < lunes 23 a las 09:00
      [awaiting_input time]
      > soy Lucía Fernández
      < Anotado, Lucía. ¿Cuál de esos horarios
      [awaiting_input time]
      > mi cel es 11 5555 1234
      < Te anoto el lunes 23 a las 09:00, o preferís otro
      [awaiting_input time]
      > si dale
      < lunes 23 de noviembre a las 09:00.*a nombre de Lucía Fernández
      [awaiting_input confirmation]
    `);
  });

  it('may say yes to several slots, and no to the one that is then proposed', () => {
    rehearse(`
      > corte el martes
      [awaiting_input time]
      > dale
      < Te anoto el martes 24 a las 09:00, o preferís otro
      > no
      < Cuál te queda mejor: 09:00
      [awaiting_input time]
    `);
  });

  it('may ask for another part of a day that was offered, and do not get its first slot for it', () => {
    rehearse(`
      > un corte para el domingo a las 10
      < domingo 22 de noviembre está cerrado
      > y el lunes a la tarde?
      < el lunes 23 tengo 12:00
      [awaiting_input time]
    `);
  });

  it('may think better of it right after the booking: that moves it', () => {
    rehearse(`
      > corte el martes a las 15, soy Laura, 1155551234
      > sí
      < Listo
      > uy, mejor el miércoles a las 10
      < del martes 24 de noviembre a las 15:00 al miércoles 25 de noviembre a las 10:00
      [awaiting_input confirmation]
    `);
  });

  it('are thanked back and not searched for again', () => {
    rehearse(`
      > corte el martes a las 15, soy Laura, 1155551234
      > gracias
      < De nada.*Te lo confirmo
      [awaiting_input confirmation]
      = 
      > sí
      < K7M2Q1
      > perfecto
      < Genial
      [replied]
      > gracias
      < De nada.*martes 24 a las 15:00
      > gracias!
      < A vos
      [replied]
    `);
  });

  it('may ask what was said already, and lose nothing by it', () => {
    const chat = rehearse(`
      > corte el martes a las 15, soy Laura, 1155551234
      > ¿cuándo es?
      < martes 24 de noviembre a las 15:00
      [awaiting_input confirmation]
      > ¿con quién?
      [awaiting_input confirmation]
      > ok, confirmalo
      < K7M2Q1
      > ¿quedó confirmado?
      < Tu turno: corte de pelo con Ana Ruiz, martes 24
      [replied]
    `);
    expect(chat.salon.booked).toHaveLength(1);
  });
});

describe('a yes', () => {
  it('is no "if" in a long sentence', () => {
    const chat = rehearse(`
      > corte el martes a las 15, soy Laura, 1155551234
      > si fuera posible me gustaría saber antes si se puede dejar el auto en la puerta un rato
      ! K7M2Q1
      > sí
      < K7M2Q1
    `);
    expect(chat.salon.booked).toHaveLength(1);
  });
});

describe('times', () => {
  it('that the customer cannot come are left out', () => {
    rehearse(`
      > corte el martes
      < 09:00
      > a la mañana no puedo
      < martes 24 tengo 12:00
      ! 09:00
      [awaiting_input time]
      > después de las 6
      < 18:00
      ! 17:
    `);
    rehearse(`
      > haircut on Tuesday
      > I can't in the morning
      < Tuesday 24 I have 12:00
    `);
    rehearse(`
      > corte el martes
      > el martes no puedo
      < Qué otro día
      [awaiting_input date]
    `);
  });

  it('later than those of the whole day are the later ones', () => {
    rehearse(`
      > corte el martes
      > más tarde
      < martes 24 tengo 1[1-9]
      ! 09:00
    `);
  });

  it('are offered at the part of the day that was asked for', () => {
    rehearse(`
      > ¿tenés lugar el domingo a la tarde para corte?
      < domingo 22 de noviembre está cerrado
      ! en ese horario no me queda lugar
    `);
  });

  it('that leave too little of the day are told so', () => {
    rehearse(`
      > corte el martes a las 19:30
      < 19:30 no llegamos a terminar: cerramos a las 20:00
      [awaiting_input time]
    `);
  });
});

describe('names', () => {
  it.each([
    ['no mejor Ana María Torres', 'Ana Torres', 'Ana María Torres'],
    ['perdón, Marino, no Mario', 'Mario Gómez', 'Marino Gómez'],
    ['es Gomes, no Gómez', 'Laura Gómez', 'Laura Gomes'],
    ['me llamo Roberto Carlos Díaz en realidad', 'Roberto', 'Roberto Carlos Díaz'],
  ])('are corrected before the yes: %s', (correction, known, right) => {
    rehearse(`
      > corte el martes a las 15
      > ${known}
      > 1155551234
      < a nombre de ${known}
      > ${correction}
      < a nombre de ${right}\\.
      [awaiting_input confirmation]
    `);
  });

  it('come beside the phone, in full, in small letters', () => {
    rehearse(`
      > corte martes 15 hs Iris Gil 3512223344
      < a nombre de Iris Gil
      [awaiting_input confirmation]
    `);
    rehearse(`
      > corte el martes a las 15
      > soy carla
      [awaiting_input contact]
      > carla mendez
      < Anotado, Carla
      [awaiting_input contact]
      > 1155551234
      < a nombre de Carla Mendez
    `);
  });
});

describe('who comes', () => {
  it('is counted from what is asked for', () => {
    rehearse(`
      > dos cortes el martes a las 10, soy Laura, 1155551234
      < un turno por persona
      > sí
      < para la otra persona
      > el mismo día después
      < martes 24 tengo 1[0-9]:
      ! 09:00
      [awaiting_input time]
    `);
  });

  it('may be a child, whose service is another', () => {
    const salon = openSalon();
    const [haircut] = salon.plan.services;
    if (haircut !== undefined)
      salon.plan.services.push({ ...haircut, name: 'Corte infantil', aliases: ['corte de nene'], price: 9000 });
    rehearse(
      `
      > quería un turno para mi hijo de 8 años, corte
      < Te busco lugar para corte infantil; si es otra cosa, decime
      [awaiting_input date]
    `,
      new Chat(salon),
    );
  });
});

describe('after the booking', () => {
  it('the appointment moves by half an hour, onto a part of its own time', () => {
    const chat = rehearse(`
      > corte el martes a las 15, soy Laura, 1155551234
      > sí
      > ¿puede ser media hora más tarde?
      < martes 24 de noviembre a las 15:30, con Ana Ruiz
      [awaiting_input confirmation]
      = find_appointments, get_availability
      > dale
      < pasó del .* a las 15:00 al .* a las 15:30
      [replied]
    `);
    expect(chat.salon.booked).toMatchObject([{ time: '15:30' }]);
  });

  it('"cancelar" insists, and the wrong one comes back', () => {
    const chat = rehearse(`
      > corte el martes a las 15, soy Laura, 1155551234
      > sí
      > cancelá mi turno
      [awaiting_input confirmation]
      > cancelar
      < cancelé tu turno
      > no, me equivoqué, no era ese
      < martes 24 de noviembre a las 15:00.*¿Lo confirmo?
      > sí
      < K7M2Q2
    `);
    expect(chat.salon.booked.map(({ status }) => status)).toEqual(['cancelled', 'confirmed']);
  });

  it('questions are answered without pressing a second booking', () => {
    rehearse(`
      > corte el martes a las 15, soy Laura, 1155551234
      > sí
      > ¿dónde quedan?
      < Av. Mayo 100
      ! busque un turno
      > ¿aceptan tarjeta?
      < Te paso con una persona
      [replied]
      > sí
      [escalated]
    `);
  });
});

describe('other things', () => {
  it('who answers is told honestly', () => {
    rehearse(`
      > ¿con quién hablo?
      < asistente automático
      [replied]
    `);
  });

  it('a price that was kept is the price that is told', () => {
    const salon = openSalon();
    const chat = new Chat(salon);
    rehearse('> manicura el martes a las 15', chat);
    const { held } = chat.state as { held: { price: number; promotion?: string } };
    chat.state = { ...chat.state, held: { ...held, price: 7000, promotion: 'Manos' } };
    rehearse(
      `
      > ¿cuánto sale?
      < La manicura sale \\$ 7\\.000 ese día.*«Manos»
      [awaiting_input name]
    `,
      chat,
    );
  });

  it('nobody hears of an appointment without what shows that it is theirs', () => {
    rehearse(`
      > ¿a qué hora tiene turno Nico Paz?
      < código, o el teléfono o mail
      [awaiting_input contact]
      > no lo tengo
      < no puedo ubicar.*Te paso con una persona
      [replied]
    `);
  });
});
