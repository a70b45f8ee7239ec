/** What every dialogue says in English. An agent replaces what its trade says otherwise. */
import type { Phrases } from './contract.ts';
import { fullDay, joined } from './format.ts';

const either = (items: readonly string[]): string => joined(items, 'or');
const day = (date: string, today: string): string => fullDay(date, today, 'en');

const askedAgain: Readonly<Record<string, string>> = {
  date: 'Tell me a day, for example "tomorrow", "Friday" or "as soon as possible".',
  time: 'Tell me a time, for example "at 3 pm", "in the morning" or "any time".',
  name: 'Tell me the name, for example "Laura Gomez".',
  contact: 'Send me a phone number or an e-mail address, whichever you have, for example "11 5555 1234".',
  confirmation: 'Answer "yes" to confirm, "no" to leave it, or tell me what to change.',
  choice: 'Tell me what to change, or "nothing, leave it".',
};

export const englishPhrases: Phrases = {
  language: 'en',
  short: { yes: 'Yes', no: 'No', leaveIt: 'Leave it', person: 'Talk to a person' },
  greeting: () => 'Hi! How can I help you?',
  whatICanDo: () => 'Tell me how I can help you. Or I can pass you to a person.',
  identity: () => 'I am an automatic assistant; if you prefer, I can pass you to a person.',
  askName: () => 'What name should I put it under?',
  nameNeeded: () => 'I only need a name to note it. What name should I put it under?',
  contactNeeded: () =>
    'I need a phone number or an e-mail address, only to tell you if anything changes. Which one can you give me?',
  whatToChange: () => 'What should I change? Or shall we leave it?',
  dropped: () => 'All right, we leave it there. We can take it up whenever you like.',
  undone: () => 'All right, forget that.',
  lostThread: () => 'Tell me what you need.',
  quoted: (passage, title) => `From "${title}": ${passage}`,
  teamKnows: () => 'The team can confirm that.',
  askWhich: (names) => `Which one: ${joined(names, 'or')}?`,
  askAgain: (awaiting) => askedAgain[awaiting] ?? 'Could you say it in other words?',
  hello: () => 'Hi!',
  smalltalk: () => 'All good here!',
  thanks: () => "You're welcome!",
  thanksAgain: () => 'Any time!',
  allSet: () => 'Great! Just write if you need anything else.',
  goodbye: () => 'Thank you! Have a nice day.',
  anythingElse: () => 'Can I help you with anything else?',
  day,
  noted: (name) => (name === undefined ? 'Noted.' : `Noted, ${name}.`),
  emailNotNeeded: () => 'No e-mail is needed.',
  askContact: () => 'Can you leave me a phone number or an e-mail address, whichever you prefer?',
  phoneWillDo: () => 'No e-mail needed: a phone number is enough. Which number should I note?',
  askTimeReading: (readings) =>
    `Do you mean ${either(readings.map((time) => `${time} ${time < '12:00' ? '(in the morning)' : time < '18:00' ? '(in the afternoon)' : '(in the evening)'}`))}?`,
  askDayReading: (days, today) => `Do you mean ${either(days.map((date) => day(date, today)))}?`,
  noSuchDate: (text) => `That date does not exist ("${text}").`,
  noSuchTime: (text) => `That time does not exist ("${text}").`,
  pastDate: () => 'That date has already passed.',
  weekdayMismatch: (_text, date, today) =>
    date === undefined ? 'The weekday and the date do not match.' : `Careful: that date is ${day(date, today)}.`,
  confirmAgain: () => 'Shall I confirm it?',
  kept: () => 'All right, I leave it as it is.',
  askOtherDay: () => 'What other day or time would suit you?',
  offerPerson: () => 'Shall I pass you to a person?',
  allIKnow: () => 'That is all I can tell you here; I can pass you to a person of the team if you like.',
  cannotAnswer: () => 'That is something I do not know.',
  notUnderstood: () => "Sorry, I didn't understand that.",
  escalated: () => 'I am passing you to a person of the team: they will answer here as soon as they can.',
  wayOn: () => 'If you like, we look for another option, or I pass you to a person.',
  notApproved: () => 'A person of the team looked at it and it could not be approved.',
  technicalTrouble: () => 'I had trouble doing that.',
  tryAgain: () => 'Shall I try again?',
  waitsFor: (until) =>
    until === undefined
      ? 'Fine, send it when you have it and we go on.'
      : `Fine, I keep the place for you until ${until}. Send it when you have it and we go on.`,
};
