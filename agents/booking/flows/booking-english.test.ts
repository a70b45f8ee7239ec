import { describe, it } from 'vitest';
import { rehearse } from '../rehearsal/script.ts';

// Today is Friday, 20 November 2026, 12:00.
describe('booking in English', () => {
  it('takes everything from one message', () => {
    rehearse(`
      > Hi, I'd like a haircut on Tuesday at 3pm, my name is John Smith, john@example.com
      < Tuesday, November 24 at 15:00, "Corte de pelo" with Ana Ruiz
      < \\$12,000, for John Smith. Shall I confirm
      [awaiting_input confirmation]
      > yes please
      < Done, John Smith! See you on Tuesday, November 24 at 15:00.*K7M2Q1
      [replied]
    `);
  });

  it('goes piece by piece, with a correction and a side question', () => {
    rehearse(`
      > I need an appointment
      < What would you like
      [awaiting_input service]
      > a haircut
      < What day
      [awaiting_input date]
      > next Wednesday
      < I have
      [awaiting_input time]
      > how much is it?
      < "Corte de pelo" costs \\$12,000
      [awaiting_input time]
      > at 10 am
      [awaiting_input name]
      > actually, make it 11
      < What name
      [awaiting_input name]
      > John Smith
      [awaiting_input contact]
      > I don't have an email
      < phone number is enough
      [awaiting_input contact]
      > 11 5555 1234
      < at 11:00
      [awaiting_input confirmation]
      > yes
      < K7M2Q1
    `);
  });
});
