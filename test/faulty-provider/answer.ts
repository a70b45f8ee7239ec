/** What every healthy model of the faulty provider says: sixty words, some of them in several bytes a character. */

export const canonicalAnswer =
  'A gateway earns trust on bad days only: when its provider refuses, stalls, cuts a sentence or forgets the last word. ' +
  'Then whoever asked gets one whole answer or one clear error, never half a thought dressed up as success. ' +
  'Señal, café, 日本 and 🚦 arrive unbroken, byte after byte; nothing is shown twice, nothing is paid twice, nobody notices.';

/** What a model says that does not know the canonical answer: it begins alike and goes another way. */
export const otherAnswer =
  'A gateway earns trust on other days too, says this model, which was asked the same thing and remembers it differently.';

/** What a model thinks before it says the canonical answer. */
export const thoughts = 'Somebody asks about gateways, so I think of the days on which nothing works, and of who notices.';

/** What a model calls its tool with. */
export const toolArguments = '{"city": "Mar del Plata", "days": 3, "units": "metric"}';

/** The words of an answer as a stream gives them: each with the space before it. */
export function tokensOf(answer: string): string[] {
  return answer.split(/(?= )/);
}

/**
 * What is left to say after a text that the answer begins with.
 * @returns all of the answer where it does not begin with that text: the model starts again.
 */
export function continuationOf(answer: string, begun: string): string {
  return begun !== '' && answer.startsWith(begun) ? answer.slice(begun.length) : answer;
}
