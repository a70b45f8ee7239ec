/** Bounds of a generation, and what each role may spend. */
export const roleNames = ['analyst', 'planner', 'implementer', 'tester', 'writer', 'reviewer'] as const;
export type RoleName = (typeof roleNames)[number];

/** US dollars that a role may spend on its task at most, a second answer included. */
export const roleMoney: Readonly<Record<RoleName, number>> = {
  analyst: 0.05,
  planner: 0.15,
  implementer: 0.25,
  tester: 0.2,
  writer: 0.1,
  reviewer: 0.15,
};

export const roleOfTask = {
  implementation: 'implementer',
  testing: 'tester',
  documentation: 'writer',
} as const satisfies Readonly<Record<string, RoleName>>;

export const mostTasks = 10;
export const mostFiles = 20;
export const mostRounds = 3;
/** US dollars that one request may ask for at most. */
export const mostBudget = 20;
export const defaultBudget = 2;
export const defaultWorkers = 4;
/** A score below takes a person, whatever the rules of the workspace say. */
export const leastAutoScore = 7;

/** The agent that has a role. */
export function agentOfRole(role: RoleName): string {
  return `codegen-${role}`;
}
