import fc from 'fast-check';
import { expect, it } from 'vitest';
import { marksOf } from './similar-marks.ts';

const differ = (one: string, other: string) => expect([one, other, marksOf(one) === marksOf(other)]).toEqual([one, other, false]);
const agree = (one: string, other: string) => expect([one, other, marksOf(one)]).toEqual([one, other, marksOf(other)]);

it.each([
  ['¿Hay sitio para 2 el viernes?', '¿Hay sitio para 3 el viernes?'],
  ['¿Hay sitio para dos?', '¿Hay sitio para tres?'],
  ['¿Hay sitio para veintidós?', '¿Hay sitio para veintitrés?'],
  ['¿Hay sitio para una?', '¿Hay sitio para cuatro?'],
  ['¿Hay sitio el viernes?', '¿Hay sitio el sábado?'],
  ['¿Hay sitio hoy?', '¿Hay sitio mañana?'],
  ['¿Hay sitio mañana?', '¿Hay sitio pasado mañana?'],
  ['¿Hay sitio mañana por la mañana?', '¿Hay sitio mañana por la noche?'],
  ['¿Hay sitio esta semana?', '¿Hay sitio la semana que viene?'],
  ['¿Hay sitio del 3 al 5 de mayo?', '¿Hay sitio del 3 al 5 de junio?'],
  ['Cambia la reserva de 3 a 5', 'Cambia la reserva de 5 a 3'],
  ['¿A las 10:30 se puede?', '¿A las 10:45 se puede?'],
  ['¿El 12/05 se puede?', '¿El 12/06 se puede?'],
  ['¿Cuánto son 1.500 €?', '¿Cuánto son 15,00 €?'],
  ['¿Cuánto son 20 €?', '¿Cuánto son 20 $?'],
  ['¿Cuánto son 20 euros?', '¿Cuánto son 20 dólares?'],
  ['¿Hace -5 grados?', '¿Hace 5 grados?'],
  ['Escribe a ana@example.com', 'Escribe a eva@example.com'],
  ['Abre https://a.example/x', 'Abre https://a.example/y'],
  ['Busca «Ana Ruiz»', 'Busca «Eva Ruiz»'],
  ['Busca "corte"', 'Busca "color"'],
  ["Busca 'corte'", "Busca 'color'"],
  ['El pedido A-12', 'El pedido B-12'],
  ['Me llamo Ana', 'Me llamo Eva'],
  ['¿Tienen hotel en Madrid?', '¿Tienen hotel en Bogotá?'],
  ['Una cita con el Dr. Ruiz', 'Una cita con el Dr. Gómez'],
  ['Añade ½ litro', 'Añade ¼ litro'],
  ['Sala ٣', 'Sala ٤'],
])('tells apart, in Spanish: %s | %s', differ);

it.each([
  ['con perro', 'sin perro'],
  ['¿Se puede cancelar?', '¿No se puede cancelar?'],
  ['Siempre quiero desayuno', 'Nunca quiero desayuno'],
  ['Todos menos Ana', 'Todos con Ana'],
  ['No quiero el desayuno, quiero la cena', 'No quiero la cena, quiero el desayuno'],
  ['Alguno con vistas', 'Ninguno con vistas'],
  ['antes del viernes', 'después del viernes'],
  ['más de lo normal', 'menos de lo normal'],
  ['Todos excepto el perro', 'También el perro'],
  ['¿Abre todos los lunes?', '¿Abre algunos lunes?'],
])('hears what turns the sense, in Spanish: %s | %s', differ);

it.each([
  ['Is there room for 2 on Friday?', 'Is there room for 3 on Friday?'],
  ['Is there room for two?', 'Is there room for three?'],
  ['Is there room for twenty-two?', 'Is there room for twenty-three?'],
  ['Is there room on friday?', 'Is there room on saturday?'],
  ['Is there room at 5 pm?', 'Is there room at 5 am?'],
  ['with a dog', 'without a dog'],
  ['Can I cancel?', "Can't I cancel?"],
  ['I do want breakfast', 'I don’t want breakfast'],
  ['I always pay', 'I never pay'],
  ['before noon', 'after noon'],
  ['Write to Ann', 'Write to Eve'],
  ['Write to Mrs. Bell', 'Write to Mrs. Hall'],
  ["You mustn't pay", 'You must pay'],
  ['the book "Emma"', 'the book "Persuasion"'],
  ['in the first week', 'in the second week'],
])('tells apart, in English: %s | %s', differ);

it.each([
  ['¿Hay sitio para 2 el viernes?', '¿El viernes tenéis sitio para 2?'],
  ['¿A qué hora abrís?', '¿Cuál es el horario de apertura?'],
  ['¿Se admiten perros?', '¿Puedo llevar un perro?'],
  ['¿Cuánto cuesta el corte?', '¿qué precio tiene el corte'],
  ['Hola. Quiero saber el precio', 'Hola. Dime el precio'],
  ['mañana', 'MAÑANA'],
  ['mañana', 'man\u0303ana'],
  ['sin perro', 'Sin el perro'],
  ['What are your opening times?', 'When are you open?'],
  ["I don't want breakfast", 'I don’t want the breakfast'],
  ["What's the price?", 'What is the price?'],
])('lets the same thing in other words be compared: %s | %s', agree);

it('takes any text, and never two different numbers for one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), (text) => {
      agree(text, text);
    }),
  );
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (one, other) => {
      fc.pre(one !== other);
      differ(`Mesa para ${one}, por favor`, `Mesa para ${other}, por favor`);
    }),
  );
  // Expressions that go back and forth would take longer than any test may.
  for (const long of ['1', '1.', 'a@', 'a@a.', '"', "'a", 'a ', 'A', ', A'])
    expect(marksOf(long.repeat(2_000))).toBe(marksOf(long.repeat(2_000)));
});
