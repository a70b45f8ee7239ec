import { type Flows, understand } from 'timonel';

const words = { services: [], staff: [] };

/** What the desk does without a model: "lend <title> to <card>", and looking up titles. */
export const flows: Flows = {
  vocabulary: { sample: words, load: async () => words },
  understand,
  next({ text, calls, state }) {
    const card = /\b\d{5}\b/.exec(text)?.[0];
    const last = calls.at(-1);
    if (last === undefined) {
      const title = text.replaceAll(/\b(lend|find|to|me|please|\d{5})\b|[?!.]/gi, '').trim();
      return { kind: 'call', calls: [{ tool: 'find_books', args: { words: title } }], state };
    }
    const say = (reply: string, outcome: 'replied' | 'awaiting_input' | 'denied' = 'replied') =>
      ({ kind: 'reply', reply: { text: reply }, outcome, state }) as const;
    if (last.tool === 'lend_book') {
      const { due } = (last.output ?? {}) as { due?: string };
      return due === undefined ? say(last.reason?.en ?? 'We cannot lend that one.', 'denied') : say(`It is yours until ${due}.`);
    }
    const { titles: [title, ...others] = [] } = (last.output ?? {}) as { titles?: string[] };
    if (title === undefined) return say('I cannot find that book.');
    if (others.length > 0) return say(`Which one? ${[title, ...others].join('; ')}.`, 'awaiting_input');
    if (card === undefined) return say(`We have ${title}. What is the number of your card?`, 'awaiting_input');
    return { kind: 'call', calls: [{ tool: 'lend_book', args: { card, title } }], state };
  },
};
