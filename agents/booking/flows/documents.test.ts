/** Questions that the documents of the house answer, without a model: quoted where the evidence is strong, and told where nothing is known. */
import { expect, it } from 'vitest';
import { Chat } from '../rehearsal/chat.ts';
import { openSalon } from '../rehearsal/plan.ts';
import { answered, sharesOf, shopQuestions } from '../rehearsal/shop-documents.ts';

const parking = {
  evidence: 'strong',
  passages: [{ text: '## Parking\n\nHay lugar atrás.', citation: { title: 'La casa', heading: ['Parking'] } }],
};

it('answers most of what it can, says of the rest that it is not known, and quotes next to nothing wrong', async () => {
  const { questions, answered: right, toldUnanswerable, wrongQuotes } = sharesOf(await answered(shopQuestions('measuring')));
  expect(questions).toBe(100);
  expect(right).toBeGreaterThanOrEqual(0.8);
  expect(toldUnanswerable).toBeGreaterThanOrEqual(0.85);
  expect(wrongQuotes).toBeLessThanOrEqual(0.02);
});

it('quotes without the heading, and goes on with what it had asked', () => {
  const salon = openSalon();
  salon.documents = () => parking;
  const chat = new Chat(salon);
  expect(chat.says('¿tienen estacionamiento?').text).toBe('De «La casa»: Hay lugar atrás.');
  const asked = chat.says('quiero un turno para un corte');
  expect(asked.calls.map(({ tool }) => tool)).not.toContain('retrieve');
  expect(chat.says('¿hay cochera para el auto?')).toMatchObject({
    awaiting: asked.awaiting,
    text: expect.stringMatching(/^De «La casa»: Hay lugar atrás\. /),
  });
});

it('asks no documents for what a tool knows, and does without them where they cannot be had', () => {
  const salon = openSalon();
  for (const known of [
    '¿cuánto sale el corte?',
    '¿a qué hora abren mañana?',
    'quiero un turno mañana a las 10',
    '¿qué servicios tienen?',
  ])
    expect([known, ...new Chat(salon).says(known).calls.map(({ tool }) => tool)]).not.toContain('retrieve');
  salon.refusals.set('retrieve', { status: 'failed', reason: { es: 'No anda.', en: 'Down.' } });
  expect(new Chat(salon).says('¿tienen estacionamiento?').text).toMatch(/lo confirma el equipo/);
});
