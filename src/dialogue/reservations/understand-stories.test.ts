import { describe, expect, it } from 'vitest';
import { understand } from './understand.ts';

const vocabulary = {
  services: [
    { id: 'cut', name: 'Corte de pelo', aliases: ['corte', 'haircut'] },
    { id: 'nails', name: 'Manicura', aliases: ['hacerme las uñas', 'hacerme las manos', 'get my nails done'] },
    { id: 'feet', name: 'Pedicura', aliases: ['arreglarme los pies', 'have my feet done'] },
    { id: 'wax', name: 'Depilación', aliases: ['waxing'] },
  ],
  staff: [],
};
// A Monday.
const now = { date: '2026-11-16', time: '12:00' };
const slotsOf = (text: string, awaiting?: 'name') => understand(text, { now, vocabulary, awaiting }).slots;

describe('a day in a story is not the wish', () => {
  it.each([
    ['mi hermano viene el jueves así que ¿podría ser mañana a las 10?', '2026-11-17'],
    ['mi hermana se casa el sábado, quiero un corte el viernes', '2026-11-20'],
    ['el viernes viajo, así que quiero turno el jueves', '2026-11-19'],
    ['tengo una fiesta el sábado, ¿hay lugar el viernes?', '2026-11-20'],
    ['quiero un corte el viernes porque el sábado me caso', '2026-11-20'],
    ['mis suegros llegan el viernes, ¿me darías un turno el jueves a las 11?', '2026-11-19'],
    ['tengo un casamiento el 28, necesito peinado el 27', '2026-11-27'],
    ['mi hija rinde el primer lunes de diciembre, quiero un corte para el viernes', '2026-11-20'],
    ['my parents arrive on Friday, can I have a haircut on Thursday at 11?', '2026-11-19'],
    ['our graduation is on the 28th, I need waxing on the 27th', '2026-11-27'],
    ['my brother is coming on Thursday, could it be tomorrow at 10?', '2026-11-17'],
    ['my flight is on Friday so I need a haircut on Thursday', '2026-11-19'],
    ['I have a wedding on Saturday and I want a haircut on Friday', '2026-11-20'],
    ['I need a haircut on Friday because my party is on Saturday', '2026-11-20'],
  ])('%s', (text, date) => {
    const { slots, ambiguous } = understand(text, { now, vocabulary });
    expect([slots.date, ambiguous.date]).toEqual([date, undefined]);
  });

  it.each([
    ['el sábado me caso, necesito un corte', '2026-11-21'],
    ['my wedding is on Saturday, I need a haircut', '2026-11-21'],
  ])('where the message names no other day it stays: %s', (text, date) => {
    expect(slotsOf(text).date).toBe(date);
  });

  it.each([['quiero un corte el jueves o el viernes'], ['I want a haircut on Thursday or Friday']])(
    'two days of one wish stay both: %s',
    (text) => {
      expect(understand(text, { now, vocabulary }).ambiguous.date).toEqual(['2026-11-19', '2026-11-20']);
    },
  );
});

describe('an alias that begins with a verb of every service', () => {
  it.each([
    ['quiero hacerme un corte', 'Corte de pelo'],
    ['tengo que hacerme un corte hoy', 'Corte de pelo'],
    ['quiero arreglarme con un corte', 'Corte de pelo'],
    ['I want to get a haircut', 'Corte de pelo'],
    ['I have to have a haircut today', 'Corte de pelo'],
    ['mañana puedo hacerme un corte?', 'Corte de pelo'],
    ['vengo a arreglarme el pelo con un corte', 'Corte de pelo'],
    ['could I get my haircut done tomorrow?', 'Corte de pelo'],
    ['quiero hacerme las manos', 'Manicura'],
    ['I want to have my feet done', 'Pedicura'],
  ])('%s', (text, service) => {
    const { slots, ambiguous } = understand(text, { now, vocabulary });
    expect([slots.service, ambiguous.service]).toEqual([service, undefined]);
  });

  it.each([
    ['hacerme las manos y un corte', 'Manicura + Corte de pelo'],
    ['get my nails done and a haircut', 'Manicura + Corte de pelo'],
    ['¿cuánto sale todo: corte, manicura, depilación?', 'Corte de pelo + Manicura + Depilación'],
    ['¿a cuánto me queda todo: depilación y corte?', 'Depilación + Corte de pelo'],
    ['what do they cost together: waxing, haircut?', 'Depilación + Corte de pelo'],
    ['how much is everything: haircut, nails, waxing?', 'Corte de pelo + Manicura + Depilación'],
  ])('several named together are all of them: %s', (text, service) => {
    expect(slotsOf(text).service).toBe(service);
  });
});

describe('names', () => {
  it.each([
    ['soy de la cruz', 'De la Cruz'],
    ['soy del valle', 'Del Valle'],
    ['me llamo jordi puig i cadafalch', 'Jordi Puig i Cadafalch'],
    ['soy Jordi Puig i Cadafalch', 'Jordi Puig i Cadafalch'],
    ['a nombre de montserrat roca i vila', 'Montserrat Roca i Vila'],
    ['my name is Jordi Puig i Cadafalch', 'Jordi Puig i Cadafalch'],
    ['soy de la zona', undefined],
    ['soy de córdoba', undefined],
    ['my name is ana gil i prefer tuesday', 'Ana Gil'],
    ['my name is Ana i want a haircut', 'Ana'],
  ])('%s', (text, name) => {
    expect(slotsOf(text).name).toBe(name);
  });

  it.each([
    ['de la cruz', 'De la Cruz'],
    ['Pau Claris i Casademunt', 'Pau Claris i Casademunt'],
    ['pau claris i casademunt', 'Pau Claris i Casademunt'],
  ])('in answer to the question for it: %s', (text, name) => {
    expect(slotsOf(text, 'name').name).toBe(name);
  });
});
