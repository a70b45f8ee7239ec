import type { StudentEvent, Want } from '../contract.ts';
import { wantOf } from '../wants/want-of.ts';

/**
 * Events of tests from readable lines, one event each, with the minute that it happens at:
 *
 *     0 open
 *     2 says no entiendo el enunciado
 *     5 edit 300 characters in 60000 ms
 *     6 run 1/4 fails b c d
 *     7 reply medium guiding-question
 *     8 declares usar un dict because es más rápido instead of una lista
 *     9 submit 4/4
 */
export function scripted(script: string, studentId = 'ana'): StudentEvent[] {
  return script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line, number) => eventOf(line, number, studentId));
}

function eventOf(line: string, number: number, studentId: string): StudentEvent {
  const [, minute = '0', verb = '', rest = ''] = /^([\d.]+) (\S+) ?(.*)$/.exec(line) ?? [];
  const common = {
    id: `${studentId}-${number}`,
    at: new Date(Date.UTC(2026, 10, 20, 12) + Number(minute) * 60_000),
    studentId,
    courseId: 'course',
    activityId: 'activity',
    exerciseId: 'exercise',
  };
  const conversation = { conversationId: 'conversation', runId: `run-${number}` };
  const words = rest.split(' ');
  switch (verb) {
    case 'open':
      return { ...common, kind: 'opened' };
    case 'says':
      return { ...common, ...conversation, kind: 'message', text: rest, want: wantOf(rest, false), code: undefined };
    case 'wants': {
      const [want = 'other', ...text] = words;
      return { ...common, ...conversation, kind: 'message', text: text.join(' '), want: want as Want, code: undefined };
    }
    case 'edit':
      return {
        ...common,
        kind: 'edited',
        code: 'x'.repeat(Number(words[0])),
        insertedCharacters: Number(words[0]),
        milliseconds: Number(words[3] ?? 60_000),
      };
    case 'run': {
      const [passed = 0, tests = 0] = (words[0] ?? '').split('/').map(Number);
      const failed = tests - passed;
      const failing = words.slice(2);
      return {
        ...common,
        kind: 'ran-tests',
        code: `# version ${number}`,
        passed,
        failed,
        verdicts: { passed, wrong: failed },
        failing,
      };
    }
    case 'reply':
      return { ...common, ...conversation, kind: 'reply', text: '…', guarded: false, ...helpIn(words) };
    case 'hint': {
      const { hint, helpLevel } = helpIn(words);
      return { ...common, kind: 'hint-shown', level: helpLevel, hint: hint ?? 'subtle-hint' };
    }
    case 'declares': {
      const [before = '', alternative] = rest.split(' instead of ');
      const [decision = '', justification] = before.split(' because ');
      return { ...common, kind: 'declared', decision, justification, alternatives: alternative === undefined ? [] : [alternative] };
    }
    case 'submit': {
      const [points = 0, highestPoints = 0] = (words[0] ?? '').split('/').map(Number);
      return {
        ...common,
        kind: 'submitted',
        submissionId: common.id,
        code: `# version ${number}`,
        points,
        highestPoints,
        passedAll: points === highestPoints,
      };
    }
    case 'commit':
      return {
        ...common,
        kind: 'commit',
        commitId: common.id,
        message: words.slice(1).join(' '),
        addedLines: Number(words[0]),
        removedLines: 0,
        files: ['main.py'],
      };
    case 'refused':
      return { ...common, kind: 'refused', rule: words[0] ?? '', reason: words.slice(1).join(' ') };
    case 'teacher':
      return { ...common, kind: 'teacher', act: 'note', text: rest, byUserId: 'teacher' };
    default:
      throw new Error(`"${line}" is no line of a script of events.`);
  }
}

function helpIn(words: readonly string[]): Pick<Extract<StudentEvent, { kind: 'reply' }>, 'hint' | 'helpLevel'> {
  const [level = 'low', hint] = words as [
    Extract<StudentEvent, { kind: 'reply' }>['helpLevel'],
    Extract<StudentEvent, { kind: 'reply' }>['hint'],
  ];
  return { helpLevel: level, hint };
}
