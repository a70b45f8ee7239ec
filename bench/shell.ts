/**
 * What a judgement of a command costs, and what a command costs on the host and in the sandbox: `npm run bench:shell`. `TIMONEL_SHELL_CASES` names a
 * file of labelled commands, JSON lines with `command` and `expected` (`auto`, `ask`, `deny`): then it counts how they are judged.
 */
import { readFileSync } from 'node:fs';
import { judgeCommand, runCommand, sandboxState } from '../src/shell.ts';
import { destructive, doubtful, harmless } from '../test/shell/command-lines.ts';
import { projectFolder } from '../test/shell/project-folder.ts';

interface LabelledCommand {
  command: string;
  expected: 'auto' | 'ask' | 'deny';
}

const project = projectFolder({ repository: true });
const options = { root: project.root };
const quantile = (all: readonly number[], share: number) =>
  [...all].sort((one, other) => one - other)[Math.floor(all.length * share)] ?? 0;

const given = process.env['TIMONEL_SHELL_CASES'];
const own = (lines: readonly string[], expected: LabelledCommand['expected']) => lines.map((command) => ({ command, expected }));
const cases: readonly LabelledCommand[] =
  given === undefined
    ? [...own(harmless, 'auto'), ...own(doubtful, 'ask'), ...own(destructive, 'deny')]
    : readFileSync(given, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as LabelledCommand);

const ranks = { allow: 0, auto: 0, ask: 1, deny: 2 } as const;
const judged = cases.map((each) => ({ ...each, verdict: judgeCommand(each.command, options).verdict }));
const auto = judged.filter(({ expected }) => expected === 'auto');
const others = judged.filter(({ expected }) => expected !== 'auto');
console.log(
  `${cases.length} commands: ${auto.filter(({ verdict }) => verdict === 'allow').length} of ${auto.length} harmless ones run unasked,`,
);
console.log(`${others.filter(({ verdict }) => verdict === 'allow').length} of ${others.length} others are let through, `);
console.log(
  `${others.filter(({ verdict, expected }) => ranks[verdict] < ranks[expected]).length} are judged milder than their label.`,
);
for (const { command, expected, verdict } of judged)
  if (expected === 'auto' ? verdict !== 'allow' : ranks[verdict] < ranks[expected])
    console.log(`  ${expected} → ${verdict}: ${JSON.stringify(command)}`);

const times: number[] = [];
for (let round = 0; round < 100; round++)
  for (const { command } of cases) {
    const from = performance.now();
    judgeCommand(command, options);
    if (round >= 20) times.push((performance.now() - from) * 1000);
  }
console.log(
  `\n| microseconds | p50 | p95 |\n|---|--:|--:|\n| a judgement | ${quantile(times, 0.5).toFixed(1)} | ${quantile(times, 0.95).toFixed(1)} |`,
);

console.log('\n| milliseconds | p50 | p95 |\n|---|--:|--:|');
const places = (await sandboxState()).available ? (['host', 'sandboxed'] as const) : (['host'] as const);
for (const where of places) {
  const all: number[] = [];
  for (let nth = 0; nth < 30; nth++) {
    const from = performance.now();
    await runCommand({ command: { argv: ['true'] }, root: project.root, where });
    all.push(performance.now() - from);
  }
  console.log(`| \`true\`, ${where} | ${quantile(all, 0.5).toFixed(0)} | ${quantile(all, 0.95).toFixed(0)} |`);
}
project.remove();
