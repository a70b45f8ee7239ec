/** A conversation in a role, as data: what the person on the other side knows, when it is told, and what a good candidate does. */
import * as z from 'zod';

export const simulatorRoles = [
  'product-owner',
  'scrum-master',
  'technical-interviewer',
  'incident-responder',
  'client',
  'security-reviewer',
] as const;
export type SimulatorRole = (typeof simulatorRoles)[number];

const spoken = z.strictObject({
  es: z.string().trim().min(1, 'A Spanish text is empty.').max(1_000),
  en: z.string().trim().min(1).max(1_000).optional(),
});
export type Spoken = z.infer<typeof spoken>;

/** Words or stems; a turn that has one of them, without accents and in any case, shows it. `+` joins words that belong together. */
const cues = z.array(z.string().trim().min(2, 'A cue has at least two letters.').max(60)).min(1, 'Give at least one cue.').max(40);

const name = z.string().regex(/^[a-z][a-z0-9-]{1,60}$/, 'An id is in kebab-case, e.g. "asks-for-users".');

export const scenarioSchema = z
  .strictObject({
    id: name,
    role: z.enum(simulatorRoles, { error: `role is one of ${simulatorRoles.join(', ')}.` }),
    title: spoken,
    /** What the candidate reads before the first turn. */
    briefing: spoken,
    /** What the person says first. */
    opening: spoken,
    /** Facts that are told when they are asked for. */
    facts: z
      .array(z.strictObject({ id: name, cues, tells: spoken }))
      .min(2, 'A scenario has at least two facts that can be asked for.')
      .max(20),
    /** What the person says by itself, in order, where nothing that was asked fits. */
    prompts: z.array(spoken).min(4, 'A scenario has at least four prompts, so that ten turns go by.').max(20),
    closing: spoken,
    rubric: z
      .array(
        z.strictObject({
          id: name,
          describes: spoken,
          points: z.int().min(1, 'Points are at least 1.').max(100),
          /** All groups have to show in one turn. */
          shownBy: z.array(cues).min(1, 'A rubric point says what shows it.').max(5),
          /** Only from this turn on, counted from 1. */
          fromTurn: z.int().min(1).max(10).optional(),
          /** A turn with one of these does not show it. */
          unless: cues.optional(),
        }),
      )
      .min(3, 'A rubric has at least three points.')
      .max(20),
    turns: z.int().min(3).max(30).default(10),
  })
  .superRefine(({ rubric, facts }, context) => {
    const total = rubric.reduce((sum, { points }) => sum + points, 0);
    if (total !== 100)
      context.addIssue({
        code: 'custom',
        path: ['rubric'],
        message: `The points of the rubric add up to 100; these add up to ${total}.`,
      });
    for (const [part, each] of [
      ['rubric', rubric],
      ['facts', facts],
    ] as const) {
      const ids = each.map(({ id }) => id);
      const twice = ids.find((id, at) => ids.indexOf(id) !== at);
      if (twice !== undefined) context.addIssue({ code: 'custom', path: [part], message: `"${twice}" is there twice.` });
    }
  });
export type Scenario = z.infer<typeof scenarioSchema>;

/** @throws ZodError with one message for each fault */
export function parseScenario(data: unknown): Scenario {
  return scenarioSchema.parse(data);
}
