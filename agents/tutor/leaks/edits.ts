import { type Change, type Instruction, instructionsOf, type Plan, replacedLikest } from './instructions.ts';
import { codeLinesOf } from './lines.ts';

/** The student's program after an edit that a reply tells. */
export interface EditedProgram {
  code: string;
  how: string;
}

const most = 40;

/**
 * Edits of the student's program that a reply spells out: "replace `a` with `b` on line 3", "agregá `x` después de la línea 2". Each alone, and all together: a
 * reply may tell one change in several sentences.
 */
export function editsOf(reply: string, studentCode: string): EditedProgram[] {
  const lines = studentCode.split('\n');
  const edits: EditedProgram[] = [];
  const add = (plan: Plan | undefined, how: string) => {
    const code = plan?.flat().join('\n');
    if (code === undefined || code === studentCode || edits.length >= most || edits.some((each) => each.code === code)) return;
    edits.push({ code, how });
  };
  const start: Plan = lines.map((line) => [line]);
  const instructions = instructionsOf(reply, lines);
  const told = instructions.filter(({ guessed }) => !guessed);
  if (told.length > 1) for (const changes of combined(told)) add(applied(start, changes), `${told.length} edits together`);
  // The likeliest reading of each first.
  const longest = Math.max(0, ...instructions.map(({ variants }) => variants.length));
  for (let at = 0; at < longest; at++)
    for (const { variants, how } of instructions) {
      const change = variants[at];
      if (change !== undefined) add(change(start), how);
    }
  const block = codeLinesOf(reply);
  if (block.length > 0 && block.length < lines.length) {
    let plan: Plan | undefined = start;
    for (const line of block) plan = replacedLikest(plan, line) ?? plan;
    add(plan, 'the likest lines replaced');
  }
  return edits;
}

/** The first reading of every instruction; then one of them in another reading, the others in their first. */
function combined(instructions: readonly Instruction[]): Change[][] {
  const first = instructions.map(({ variants }) => variants[0]).filter((change) => change !== undefined);
  const others = instructions.flatMap(({ variants }, at) => variants.slice(1, 6).map((variant) => first.with(at, variant)));
  // A change of indentation goes for all that is put in.
  const alike = [1, 2, 3].map((at) => instructions.flatMap(({ variants }) => variants[at] ?? variants[0] ?? []));
  return [first, ...others, ...alike].slice(0, 16);
}

function applied(start: Plan, changes: readonly Change[]): Plan | undefined {
  let plan: Plan | undefined = start;
  for (const change of changes) plan = plan && change(plan);
  return plan;
}
