/** Runs what analysis found to run, and says what came of it by file and line. */
import type { CallRecord, FlowMove } from '../../../src/index.ts';
import type { AnalysisAnswer } from '../analysis/analyse.ts';
import { readDiagnostics } from '../analysis/diagnostics.ts';
import { readTestReport } from '../analysis/test-reports.ts';
import type { Checker, Command, TestRunner } from '../analysis/test-runners.ts';
import { answer, call, callAnalysis, type Heard, outputOf, quoted } from './heard.ts';
import { counted, fenced, lines, listed, type Say } from './show.ts';
import type { Wish } from './wishes.ts';

interface RunOutput {
  kind: 'ran' | 'not-started';
  because?: string;
  exitCode?: number | null;
  timedOut?: boolean;
  output?: string;
  changed?: string[];
  seconds?: number;
}

/** How long tests and checks may take, seconds. */
const longest = 600;

export function runCommands(
  heard: Heard,
  wish: Extract<Wish, { kind: 'tests' | 'checks' | 'run' }>,
  calls: readonly CallRecord[],
): FlowMove {
  const { say } = heard;
  const ran = calls.filter(({ tool }) => tool === 'run').map((each) => outputOf<RunOutput>(each));
  if (wish.kind === 'run') {
    const [result] = ran;
    return result === undefined ? call(heard, 'run', { command: wish.command }) : answer(heard, showRun(result, say));
  }
  const first = calls[0];
  if (first === undefined)
    return callAnalysis(
      heard,
      wish.kind === 'tests' ? { action: 'tests', ...(wish.only === undefined ? {} : { only: wish.only }) } : { action: 'checks' },
    );
  const found = outputOf<Extract<AnalysisAnswer, { kind: 'tests' | 'checks' }>>(first);
  if (found.commands.length === 0) {
    return answer(
      heard,
      wish.kind === 'tests'
        ? say(
            'No encuentro cómo se corren los tests de este proyecto. Con !COMANDO corro el que digas.',
            'I do not find how the tests of this project are run. !COMMAND runs the one that you name.',
          )
        : say(
            'El proyecto no tiene configurado un linter ni un chequeo de tipos que yo conozca.',
            'The project has no linter or type checker set up that I know.',
          ),
    );
  }
  const next = found.commands[ran.length];
  if (next !== undefined) return call(heard, 'run', { command: next.argv.map(quoted).join(' '), seconds: longest });
  return answer(
    heard,
    lines(
      ran.map((result, at) => {
        const command = found.commands[at];
        if (command === undefined) return '';
        return found.kind === 'tests'
          ? showTests(command as Command<TestRunner>, result, found.root, say)
          : showChecks(command as Command<Checker>, result, found.root, say);
      }),
    ),
  );
}

function notRun(result: RunOutput, say: Say): string | undefined {
  if (result.kind === 'not-started') return result.because ?? '';
  if (result.timedOut === true) return say('No terminó a tiempo y lo corté.', 'It did not end in time and was stopped.');
  return undefined;
}

function tail(output: string): string {
  return fenced(output.split('\n').slice(-30).join('\n').slice(-3_000));
}

function showTests({ name, argv }: Command<TestRunner>, result: RunOutput, root: string, say: Say): string {
  const head = `${argv.join(' ')}:`;
  const not = notRun(result, say);
  if (not !== undefined) return lines(head, not);
  const output = result.output ?? '';
  const report = readTestReport(name, output, root);
  const failed = result.exitCode !== 0;
  if (!report.understood) {
    return lines(
      head,
      failed
        ? say(`falló (código ${result.exitCode ?? '?'})`, `failed (code ${result.exitCode ?? '?'})`)
        : say('pasan', 'they pass'),
      failed ? tail(output) : undefined,
    );
  }
  const passed = report.passed === undefined ? '' : say(`${report.passed} pasan, `, `${report.passed} pass, `);
  const skipped =
    report.skipped === undefined || report.skipped === 0 ? '' : say(`, ${report.skipped} salteados`, `, ${report.skipped} skipped`);
  return lines(
    `${head} ${passed}${report.failed} ${say(report.failed === 1 ? 'falla' : 'fallan', report.failed === 1 ? 'fails' : 'fail')}${skipped}`,
    listed(
      report.failures,
      30,
      ({ name: test, path, line, message }) =>
        `  ✗ ${path === undefined ? '' : `${path}${line === undefined ? '' : `:${line}`}  `}${test}: ${message}`,
      say,
    ),
    // It failed, and not because of a test: the output has the reason.
    failed && report.failures.length === 0 ? tail(output) : undefined,
  );
}

function showChecks({ name, argv }: Command<Checker>, result: RunOutput, root: string, say: Say): string {
  const head = `${argv[0] === 'npx' ? name : argv.slice(0, 3).join(' ')}:`;
  const not = notRun(result, say);
  if (not !== undefined) return lines(head, not);
  const found = readDiagnostics(name, result.output ?? '', root);
  if (found.length === 0) {
    return result.exitCode === 0
      ? `${head} ${say('nada que señalar', 'nothing to report')}`
      : lines(
          `${head} ${say(`falló (código ${result.exitCode ?? '?'})`, `failed (code ${result.exitCode ?? '?'})`)}`,
          tail(result.output ?? ''),
        );
  }
  const errors = found.filter(({ severity }) => severity === 'error').length;
  const warnings = found.length - errors;
  return lines(
    `${head} ${counted(errors, 'error', say('errores', 'errors'))}${warnings === 0 ? '' : `, ${counted(warnings, say('aviso', 'warning'), say('avisos', 'warnings'))}`}`,
    listed(found, 50, ({ path, line, column, code, message }) => `  ${path}:${line}:${column}  ${code} ${message}`, say),
  );
}

function showRun(result: RunOutput, say: Say): string {
  const not = notRun(result, say);
  const code =
    result.exitCode === 0
      ? undefined
      : say(`Terminó con código ${result.exitCode ?? '?'}.`, `It ended with code ${result.exitCode ?? '?'}.`);
  const output = result.output ?? '';
  return lines(
    output.trim() === '' ? undefined : fenced(output.slice(0, 12_000)),
    not ?? code ?? (output.trim() === '' ? say('Listo, sin salida.', 'Done, without output.') : undefined),
    result.changed === undefined
      ? undefined
      : say(`Cambió: ${result.changed.join(', ')}`, `It changed: ${result.changed.join(', ')}`),
  );
}
