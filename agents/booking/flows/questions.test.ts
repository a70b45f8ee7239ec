/** Several questions in one message: each is answered, and of what only the people of the house know it is said so. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Chat } from '../rehearsal/chat.ts';
import { openSalon } from '../rehearsal/plan.ts';

const questions: Readonly<Record<string, { asked: string; answer: RegExp }[]>> = {
  es: [
    { asked: 'qué servicios tienen', answer: /Hacemos corte de pelo|•/ },
    { asked: 'dónde queda', answer: /Av\. Mayo 100/ },
    { asked: 'a qué hora abren', answer: /09:00 a/ },
    { asked: 'tienen estacionamiento', answer: /lo confirma el equipo/ },
    { asked: 'quién atiende', answer: /Ana Ruiz/ },
    { asked: 'cuánto sale el corte', answer: /\$\s?12\.000/ },
  ],
  en: [
    { asked: 'what services do you have', answer: /Corte de pelo/ },
    { asked: 'where are you located', answer: /Av\. Mayo 100/ },
    { asked: 'what time do you open', answer: /09:00/ },
    { asked: 'do you have parking', answer: /team/i },
  ],
};

it.each(Object.entries(questions))('are all answered (%s)', (language, all) => {
  const join = language === 'es' ? ' y ' : ' and ';
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: 2, maxLength: 3 }), fc.constantFrom(join, '? ', ', '), (asked, between) => {
      const { text } = new Chat(openSalon()).says(`${asked.map((one) => one.asked).join(between)}?`);
      for (const { answer } of asked) expect(text).toMatch(answer);
    }),
    { numRuns: 120 },
  );
});
