/** What a run in the sandbox costs, beside a bare process where there is one: `npm run bench:sandbox`. */
import { execFileSync } from 'node:child_process';
import { createSandbox } from '../src/sandbox/sandbox.ts';
import type { SandboxProgram } from '../src/sandbox.ts';

const runs = 40;
const programs: { name: string; program: SandboxProgram }[] = [
  { name: 'Python', program: { language: 'python', files: { 'main.py': 'print(sum(range(1000)))' }, entry: 'main.py' } },
  { name: 'JavaScript', program: { language: 'javascript', files: { 'main.js': 'console.log(1 + 1)' }, entry: 'main.js' } },
];

const quantile = (all: readonly number[], share: number) =>
  [...all].sort((one, other) => one - other)[Math.floor(all.length * share)] ?? 0;
const line = (name: string, all: readonly number[]) =>
  console.log(`| ${name} | ${quantile(all, 0.5).toFixed(0)} | ${quantile(all, 0.95).toFixed(0)} |`);

console.log(`${runs} fresh runs each, milliseconds\n\n| | p50 | p95 |\n|---|--:|--:|`);
for (const mode of ['embedded', 'auto'] as const) {
  const sandbox = createSandbox({ mode, concurrency: 2, queue: 1_000 }, { failed: (error) => console.error(error) });
  const states = await sandbox.languages();
  for (const { name, program } of programs) {
    const { backend } = states.find(({ language }) => language === program.language) ?? {};
    if (mode === 'auto' && backend !== 'bubblewrap') continue;
    const run = () => sandbox.run(program, '', { owner: 'bench' });
    await run();
    const all: number[] = [];
    for (let nth = 0; nth < runs; nth++) {
      const started = performance.now();
      const { verdict, stderr } = await run();
      if (verdict !== 'completed') throw new Error(`${name} ended as ${verdict}: ${stderr}`);
      all.push(performance.now() - started);
    }
    line(`${name}, ${backend}`, all);
    const started = performance.now();
    const ten = await sandbox.runEach(
      program,
      Array.from({ length: 10 }, () => ''),
      { owner: 'bench' },
    );
    if (ten.some(({ verdict }) => verdict !== 'completed')) throw new Error('One of ten runs failed.');
    console.log(`| ${name}, ${backend}, ten inputs | ${(performance.now() - started).toFixed(0)} | |`);
  }
  await sandbox.close();
}
for (const [name, command, code] of [
  ['Python, a bare process', '/usr/bin/python3', 'print(sum(range(1000)))'],
  ['Node, a bare process', process.execPath, 'console.log(1 + 1)'],
] as const) {
  const all: number[] = [];
  for (let nth = 0; nth < runs; nth++) {
    const started = performance.now();
    execFileSync(command, [command === process.execPath ? '-e' : '-c', code]);
    all.push(performance.now() - started);
  }
  line(name, all);
}
