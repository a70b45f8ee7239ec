import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dedented } from './leaks/indentation.ts';

/**
 * Sets of others are not part of this one: `TIMONEL_TEST_TUTOR_CASES` names the folders that hold them, divided by ":". Tests of a set that is not
 * there are skipped.
 * @param folders the value of that variable
 * @returns the objects of a JSON lines file, or `undefined` where no folder has it
 */
export function casesOf(folders: string | undefined, file: string): Record<string, unknown>[] | undefined {
  for (const folder of (folders ?? '').split(':').filter((each) => each !== '')) {
    const path = join(folder, file);
    if (!existsSync(path)) continue;
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
  }
  return undefined;
}

export interface DialogueTurn {
  by: 'student' | 'tutor';
  text: string;
}

/** Turns of a dialogue with a human tutor: lines that begin with `User:` and `Assistant:`, and the alternatives to them. */
export function turnsOf(text: string): DialogueTurn[] {
  const dialogue = /<dialogue>([\s\S]*?)(?:<\/dialogue>|$)/.exec(text)?.[1] ?? '';
  const turns: DialogueTurn[] = [];
  let by: DialogueTurn['by'] = 'student';
  for (const line of dialogue.split('\n')) {
    const begins = /^(?:(User|Assistant):|\s*<alt>)(.*)$/.exec(line);
    if (begins === null) {
      const last = turns.at(-1);
      if (last !== undefined) last.text += `\n${line}`;
      continue;
    }
    if (begins[1] !== undefined) by = begins[1] === 'User' ? 'student' : 'tutor';
    turns.push({ by, text: begins[2]?.trim() ?? '' });
  }
  return turns;
}

/**
 * A program without the numbers of its lines. In some the numbers stand in a column of one width, in others each takes the place that it needs: the reading
 * whose levels fit is taken.
 */
export function programOf(numbered: string): string {
  const lines = numbered.replaceAll('\t', '    ').split('\n');
  const column = dedented(lines.map((line) => line.replace(/^\s*\d+\./, (number) => ' '.repeat(number.length))));
  const apart = lines.map((line) => line.replace(/^\s*\d+\. ?/, ''));
  const faults = (program: readonly string[]) => {
    const levels = [0];
    let wrong = 0;
    let opened = false;
    for (const line of program.filter((each) => each.trim() !== '')) {
      const level = line.length - line.trimStart().length;
      if (level > (levels.at(-1) ?? 0)) {
        if (!opened) wrong++;
        levels.push(level);
      } else {
        if (opened) wrong++;
        while (level < (levels.at(-1) ?? 0)) levels.pop();
        if (level !== levels.at(-1)) wrong++;
      }
      opened = /:\s*(?:#.*)?$/.test(line);
    }
    return wrong;
  };
  return (faults(column) <= faults(apart) ? column : apart).join('\n');
}
