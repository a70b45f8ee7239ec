import { defineTool } from 'timonel';
import { z } from 'zod';

const minute = 60 * 1000;
const stages = ['the request is with the porter', 'the book was found', 'the book is in the lift'];

/** Takes three minutes. The run is suspended meanwhile: no process waits, and any process goes on. */
const bringFromStacks = defineTool({
  name: 'bring_from_stacks',
  description: 'Has a book brought from the stacks. Takes three minutes; answers when it is at the desk.',
  input: z.object({ title: z.string().min(1) }),
  effect: 'read',
  async execute({ title }, context) {
    for (const stage of stages) {
      // Made again from its start after each wait: those that are over return at once, and what is shown is shown again.
      context.progress({ title, stage });
      await context.sleepUntil(new Date(context.now().getTime() + minute));
    }
    return { atTheDesk: title };
  },
});

/** Each title is looked up by a run of its own; this one goes on when all of them have ended. */
const findSeveral = defineTool({
  name: 'find_several',
  description: 'Looks for up to five books at once, each by words of its title. Answers what was said of each.',
  input: z.object({ titles: z.array(z.string().min(3)).min(1).max(5) }),
  effect: 'read',
  async execute({ titles }, context) {
    const runs: string[] = [];
    for (const title of titles) {
      runs.push(await context.runs.start({ agent: 'library-desk', input: `Find ${title}`, key: title, budget: 0.05 }));
    }
    const results = await context.runs.join(runs);
    return results.map(({ outcome, reply }, at) => ({ title: titles[at] ?? '', outcome, said: reply?.text ?? '' }));
  },
});

export const longerWork = [bringFromStacks, findSeveral];
