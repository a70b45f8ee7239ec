/** Parses, checks and runs what changed, and sums it up in a report. */
import type { CheckReport, CheckTree, Finding } from './contract.ts';
import { type AnalysedFile, coveredShare, judgeRun, nothingRun, type RunEvidence } from './evidence.ts';
import { runProject } from './project-runner/run-project.ts';
import { checkPython } from './python/check-python.ts';
import { checkScript } from './script/check-script.ts';
import { secretsIn } from './secrets.ts';
import { readSubject, type Subject } from './subject.ts';

const defaultWallMs = 60_000;
/** Findings of a report. */
const mostFindings = 200;

export const checkTree: CheckTree = async (tree, changes, options): Promise<CheckReport> => {
  const until = performance.now() + (options.wallMs ?? defaultWallMs);
  const left = () => Math.max(1_000, until - performance.now());
  const subject = await readSubject(tree, changes, options.base);
  const findings: Finding[] = [...subject.findings, ...subject.changed.flatMap(secretsIn), ...subject.changed.flatMap(readData)];
  const runs: RunEvidence[] = [];
  const python = await checkPython(subject, options, left());
  if (python !== undefined) runs.push(python);
  const script = await checkScript(subject, options, left());
  if (script !== undefined) runs.push(script);
  const files = runs.flatMap((run) => run.files);
  for (const { path, syntax, findings: found } of files) {
    if (syntax !== undefined) findings.push({ path, line: syntax.line, level: 'error', check: 'syntax', message: syntax.message });
    findings.push(...found);
  }
  const judged = runs.map((run) => judgeRun(tamperedBy(run, files)));
  findings.push(...judged.flatMap((each) => each.findings));
  const embedded = sum(judged.map(({ run }) => run));
  const project = await runProject(subject, options, left, embedded.backend !== undefined);
  const tests =
    project === undefined
      ? embedded
      : joined(project.run, embedded, runs.flatMap(({ tampered }) => tampered).length > 0 || tamperingIn(files).length > 0);
  if (tests.runner === 'project')
    findings.push(
      ...tests.failures.map(
        ({ name, message }): Finding => ({
          path: name.split('::')[0] ?? name,
          line: undefined,
          level: 'error',
          check: 'tests',
          message: `${name}: ${message}`,
        }),
      ),
    );
  const { covered, missed } = coveredShare(subject, runs);
  findings.push(...missed);
  const { documented, undocumented } = documentation(subject, files);
  findings.push(...undocumented);
  return {
    parses: !findings.some(({ check, level }) => check === 'syntax' && level === 'error'),
    types: !files.some(({ path }) => path.endsWith('.py'))
      ? undefined
      : !findings.some(({ check, level }) => check === 'types' && level === 'error'),
    testFiles: [
      ...new Set([
        ...subject.changed.filter(({ isTest }) => isTest).map(({ path }) => path),
        ...runs.flatMap(({ tests }) => tests.map(({ name }) => name.split('::')[0] ?? '')),
      ]),
    ],
    tests,
    covered,
    documented,
    contents: contentsOf(subject),
    findings: ordered(findings).slice(0, mostFindings),
  };
};

/**
 * The project's runner decides where it ran. What the embedded one knows besides still counts: that the code changes what runs it, and that no test is
 * evidence.
 */
function joined(project: CheckReport['tests'], embedded: CheckReport['tests'], tampered: boolean): CheckReport['tests'] {
  if (tampered) return embedded.backend === undefined ? { ...project, ok: false, passed: 0 } : embedded;
  if (embedded.backend !== undefined && embedded.failed === 0 && !embedded.ok) return embedded;
  return project;
}

function tamperingIn(files: readonly AnalysedFile[]): Finding[] {
  return files.flatMap((file) => file.findings.filter(({ check }) => check === 'tampering'));
}

/** What changes or observes the runner, as the text says: no result of such a run counts. */
function tamperedBy(run: RunEvidence, files: readonly AnalysedFile[]): RunEvidence {
  const found = files
    .filter(({ path }) => run.files.some((each) => each.path === path))
    .flatMap((file) => file.findings.filter(({ check }) => check === 'tampering'));
  if (found.length === 0) return run;
  return { ...run, tampered: [...run.tampered, ...found.map(({ path, line }) => `${path}:${line ?? 1}`)] };
}

function sum(runs: readonly CheckReport['tests'][]): CheckReport['tests'] {
  const ran = runs.filter(({ backend }) => backend !== undefined);
  const [first] = ran;
  if (first === undefined) return runs[0] ?? judgeRun({ ...nothingRun, reason: undefined, files: [] }).run;
  return {
    ...first,
    passed: ran.reduce((count, { passed }) => count + passed, 0),
    failed: ran.reduce((count, { failed }) => count + failed, 0),
    failures: ran.flatMap(({ failures }) => failures).slice(0, 50),
    ok: ran.some(({ ok }) => ok) && ran.every(({ failed }) => failed === 0),
    wallMs: ran.reduce((all, { wallMs }) => all + wallMs, 0),
  };
}

function readData({ path, role, text }: Subject['changed'][number]): Finding[] {
  if (role !== 'data' || !/\.json$/i.test(path) || /(^|\/)(tsconfig[^/]*|jsconfig|\.vscode\/.*)\.json$/.test(path)) return [];
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    return [
      {
        path,
        line: undefined,
        level: 'error',
        check: 'syntax',
        message: error instanceof Error ? error.message : 'It is no JSON.',
      },
    ];
  }
}

function contentsOf({ changed, removed }: Subject): CheckReport['contents'] {
  const isCode = ({ role }: Subject['changed'][number]) => role === 'python' || role === 'script' || role === 'code';
  const code = changed.filter(isCode);
  if (code.some(({ isTest }) => !isTest)) return 'code';
  if (code.length > 0) return 'tests';
  // What is removed can be missed by what is left.
  if (removed.some((path) => !/\.(md|txt|rst)$/i.test(path))) return 'code';
  return changed.some(({ role }) => role === 'data') ? 'data' : 'documentation';
}

function documentation(
  subject: Subject,
  files: readonly AnalysedFile[],
): { documented: number | undefined; undocumented: Finding[] } {
  let all = 0;
  const undocumented: Finding[] = [];
  for (const { path, documented } of files) {
    const file = subject.changed.find((each) => each.path === path);
    if (file === undefined || file.isTest) continue;
    for (const [name, line, first, last, has] of documented) {
      if (file.lines !== undefined && ![...file.lines].some((each) => each >= first && each <= last)) continue;
      all += 1;
      if (!has)
        undocumented.push({
          path,
          line,
          level: 'warning',
          check: 'documentation',
          message: `"${name}" is exported, and does not say what it is for.`,
        });
    }
  }
  return { documented: all === 0 ? undefined : 1 - undocumented.length / all, undocumented };
}

const weight = { error: 0, warning: 1, note: 2 };
function ordered(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings
    .filter((each) => {
      const key = JSON.stringify(each);
      return !seen.has(key) && seen.add(key) !== undefined;
    })
    .sort((one, other) => weight[one.level] - weight[other.level]);
}
