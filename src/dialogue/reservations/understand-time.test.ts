import { describe, expect, it } from 'vitest';
import type { ReservationContext, ReservationUnderstanding, ReservationVocabulary } from './contract.ts';
import { understand } from './understand.ts';

const vocabulary: ReservationVocabulary = {
  services: [{ id: 'cut', name: 'Corte de cabello', aliases: ['corte', 'haircut'] }],
  staff: [{ id: 'carlos', name: 'Carlos Ramírez' }],
};
/** A Wednesday. */
const now = { date: '2026-11-18', time: '12:00' };
const read = (text: string, more: Partial<ReservationContext> = {}): ReservationUnderstanding =>
  understand(text, { now, vocabulary, ...more });

describe('dates and times of a message', () => {
  it('reads day, hour and the rest in one sentence', () => {
    const { intent, slots } = read('Hola, soy Ana, quiero un corte con Carlos mañana a las 15 hs, mi cel es 11 5678-1234');
    expect(intent).toBe('book');
    expect(slots).toEqual({
      service: 'Corte de cabello',
      staff: 'Carlos Ramírez',
      date: '2026-11-19',
      time: '15:00',
      name: 'Ana',
      phone: '1156781234',
    });
  });

  it('takes a bare day and hour for a wish to book', () => {
    expect(read('mañana a las 15').intent).toBe('book');
    expect(read('Muy bien, mañana a las 10').intent).toBe('book');
  });

  it('takes a bare stay for a question whether it is free', () => {
    expect(read('para 3 personas del 10 al 15 de enero')).toMatchObject({
      intent: 'availability',
      slots: { people: 3, dateRange: { from: '2027-01-10', to: '2027-01-15' } },
    });
  });

  it('keeps both readings of a bare hour', () => {
    const { slots, ambiguous } = read('el viernes a las 5');
    expect(slots.time).toBe('17:00');
    expect(ambiguous.time).toEqual(['17:00', '05:00']);
  });

  it('takes the latter of what is corrected', () => {
    expect(read('el jueves no, el viernes')).toMatchObject({ slots: { date: '2026-11-20' }, correction: true });
    expect(read('no, mejor a las 17 hs')).toMatchObject({ slots: { time: '17:00' }, correction: true });
    expect(read('mañana no puedo, mejor el viernes').slots.date).toBe('2026-11-20');
  });

  it('asks between two days that are named as alternatives', () => {
    const { slots, ambiguous } = read('¿hay turno el jueves o el viernes?');
    expect(slots.date).toBe('2026-11-19');
    expect(ambiguous.date).toEqual(['2026-11-19', '2026-11-20']);
  });

  it('takes the new day of an appointment that is moved', () => {
    expect(read('quiero pasar mi turno del jueves al viernes')).toMatchObject({
      intent: 'reschedule',
      slots: { date: '2026-11-20' },
    });
    expect(read('tengo turno el jueves, lo podemos cambiar para el viernes?').slots.date).toBe('2026-11-20');
  });

  it('keeps the day of an appointment that is cancelled because of it', () => {
    expect(read('no puedo ir el viernes, cancelá mi turno')).toMatchObject({ intent: 'cancel', slots: { date: '2026-11-20' } });
  });

  it('reports what has passed or does not exist instead of filling the slot', () => {
    expect(read('quiero un turno para ayer').invalid.date).toMatchObject({ reason: 'past', date: '2026-11-17' });
    expect(read('el 31 de junio').invalid.date?.reason).toBe('no-such-date');
    expect(read('a las 25:00').invalid.time?.reason).toBe('no-such-time');
    for (const text of ['turno para ayer', 'el 31 de junio']) expect(read(text).slots.date).toBeUndefined();
  });

  it('reads a bare number as the answer to what was asked', () => {
    expect(read('17', { awaiting: 'time' }).slots.time).toBe('17:00');
    expect(read('el 20', { awaiting: 'date' }).slots.date).toBe('2026-11-20');
    expect(read('20', { awaiting: 'date' }).slots.date).toBe('2026-11-20');
  });

  it('opens the search now for a turn "ya" and names no hour otherwise', () => {
    expect(read('necesito un turno ahora mismo').slots).toMatchObject({ timeRange: { from: '12:00' } });
    expect(read('no puedo ahora').slots).toEqual({});
  });

  it('takes leave though a day is named', () => {
    expect(read('chau, nos vemos el viernes').intent).toBe('smalltalk');
    expect(read('hasta mañana').intent).toBe('smalltalk');
  });

  it('does not read a phone number as hours or days', () => {
    const { slots } = read('mi número es 11 5678-1234');
    expect(slots).toEqual({ phone: '1156781234' });
  });
});
