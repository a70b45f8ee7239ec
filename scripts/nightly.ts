/**
 * The long runs: what the tests do a few times, done until it would have shown. Prints a summary; ends with 1 when a run failed.
 *
 *     npm run nightly                          all of them
 *     npm run nightly -- crash-embedded        those that are named
 *     npm run nightly -- --scale 0.1 --seed 7  a tenth as long, with that seed
 *
 * A new long run is one more line in `longTests`, where CI runs its tests in short, or in `longRuns`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadRun } from '../bench/load/long-run.ts';
import { readerLoad, webhookLoad } from '../test/channels/load.ts';
import { playCanaries } from '../test/code/canaries.ts';
import { playHistories } from '../test/code/histories.ts';
import { killInTurns } from '../test/code/kills.ts';
import { familyUnderFire } from '../test/crash/families.ts';
import { FullDisk } from '../test/crash/full-disk.ts';
import { mountSmallDisk, noSmallDisk } from '../test/crash/small-disk.ts';
import { storm } from '../test/crash/storm.ts';
import { profiles } from '../test/failover-bench/play.ts';
import { scoreTimonel } from '../test/failover-bench/timonel.ts';
import { buildImages } from '../test/operations/build-image.ts';
import { recoverLostMachines } from '../test/operations/point-in-time.ts';
import { startPostgres } from '../test/postgres.ts';
import { storeEnvironment } from '../test/store-environment.ts';

/** What a long run is given. */
interface Terms {
  /** 1 is the whole length; a run multiplies its own numbers with it. */
  scale: number;
  seed: number;
  /** Superuser URL of a PostgreSQL; absent where the machine has none. */
  postgresUrl: string | undefined;
  /** Says how it goes, on one line that is written over. */
  progress(line: string): void;
}

interface Result {
  verdict: 'passed' | 'failed' | 'skipped';
  /** For the summary, in the order given. */
  figures: Record<string, string | number>;
  /** What failed, why it was skipped, or what there is to say in lines of their own. */
  reasons: string[];
}

type LongRun = (terms: Terms) => Promise<Result>;

/** Tests that CI runs in short, at full length: their files, and the variables that say how long. */
const longTests = {
  // 2,000 messages over 50 kills, on WhatsApp and on a page, and 100,000 changed bodies and generated replies.
  channels: longTest(
    [
      'test/crash/lost-on-a-channel.test.ts',
      'test/crash/lost-on-a-page.test.ts',
      'test/channels/signed-bodies.test.ts',
      'test/channels/rendering.test.ts',
    ],
    (of) => ({
      TIMONEL_TEST_CHANNEL_KILLS: of(50),
      TIMONEL_TEST_CHANNEL_PEOPLE: '50',
      TIMONEL_TEST_CHANNEL_MESSAGES: of(40),
      TIMONEL_TEST_PAGE_KILLS: of(50),
      TIMONEL_TEST_PAGE_VISITORS: '133',
      TIMONEL_TEST_PAGE_MESSAGES: of(15),
      TIMONEL_TEST_MUTATIONS: of(100_000),
      TIMONEL_TEST_REPLIES: of(100_000),
    }),
  ),
  // Kills while documents are replaced, a hundred workspaces, and 10,000 random documents to cut.
  knowledge: longTest(
    ['test/crash/document-halved.test.ts', 'test/knowledge-scale.test.ts', 'src/knowledge/split/splitter.test.ts'],
    (of) => ({ TIMONEL_TEST_KNOWLEDGE_KILLS: of(40), TIMONEL_TEST_WORKSPACES: of(100), TIMONEL_TEST_DOCUMENTS: of(10_000) }),
  ),
  // Twenty updates of a host under load.
  switches: longTest(['test/deploy/deploy.test.ts'], (of) => ({ TIMONEL_TEST_SWITCHES: of(20) })),
  // Every drill on each store, with its protection and without.
  drills: longTest(['test/operations/drills.test.ts'], () => ({ TIMONEL_TEST_DRILLS: 'all' })),
  // Every client scenario of the protocol's own suite, and the control of each: the same with nothing that listens.
  mcp: longTest(['test/mcp/conformance.test.ts'], () => ({ TIMONEL_TEST_MCP_SCENARIOS: 'all' })),
  // Disguises of commands that must not be let through.
  'shell-mutations': longTest(['test/shell/judge.test.ts'], (of, seed) => ({
    TIMONEL_TEST_SHELL_MUTATIONS: of(100_000),
    TIMONEL_TEST_SHELL_SEED: String(seed),
  })),
  // 120 attack dialogues in each of eleven disguises, against the guard of the tutor.
  'tutor-attacks': longTest(['agents/tutor/leaks/attacks'], () => ({ TIMONEL_TEST_TUTOR_ATTACKS: 'all' })),
  // Kills anywhere between a submission, its grade at a learning platform and its statements at a record store.
  'tutor-kills': longTest(['agents/tutor/lti/killed.test.ts'], (of) => ({ TIMONEL_TUTOR_KILLS: of(100) })),
  // Every attack of generated code and tests, on both backends of the sandbox.
  'codegen-attacks': longTest(['agents/codegen/checks/attacks'], () => ({ TIMONEL_TEST_CODEGEN_ATTACKS: 'all' })),
  // Plans at random with failures: one, two and four tasks at a time give the same tree.
  'codegen-graphs': longTest(['agents/codegen/graphs.test.ts'], (of) => ({ TIMONEL_TEST_CODEGEN_GRAPHS: of(500) })),
  // Writes while a folder is swapped for links that lead out and into git's folder.
  'codegen-paths': longTest(
    ['agents/codegen/project/swapped-links.test.ts', 'agents/codegen/project/path-attacks.test.ts'],
    (of) => ({ TIMONEL_TEST_CODEGEN_SWAPS: of(60_000) }),
  ),
  // Kills while ten files are committed, merged and written: at steps from the first to the last of each.
  'codegen-kills': longTest(['agents/codegen/project/killed.test.ts'], (of) => ({ TIMONEL_TEST_CODEGEN_KILLS: of(67) })),
  // Kills anywhere between a request for code and its commit.
  'codegen-generations': longTest(['test/codegen/kills.test.ts'], (of) => ({ TIMONEL_TEST_GENERATION_KILLS: of(100) })),
  // Reads and writes while folders are swapped for links, and a kill at every step of an application.
  'project-files': longTest(['test/files/swapped-links.test.ts', 'test/files/killed-application.test.ts'], (of) => ({
    TIMONEL_TEST_FILE_SWAPS: of(60_000),
    TIMONEL_TEST_FILE_KILL_STRIDE: '1',
  })),
} satisfies Readonly<Record<string, LongRun>>;

/** @param variables gets a number of the whole length, and gives it for this run, one at least. */
function longTest(
  files: readonly string[],
  variables: (of: (count: number) => string, seed: number) => Readonly<Record<string, string>>,
): LongRun {
  return async ({ scale, seed }) => {
    const given = variables((count) => String(Math.max(1, Math.round(count * scale))), seed);
    const { status } = spawnSync('npx', ['vitest', 'run', ...files, '--testTimeout', '36000000', '--hookTimeout', '3600000'], {
      stdio: 'inherit',
      env: { ...process.env, ...given },
    });
    const figures = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name.replace(/^TIMONEL_(?:TEST_)?/, ''), value]),
    );
    return { verdict: status === 0 ? 'passed' : 'failed', figures, reasons: [] };
  };
}

const longRuns: Readonly<Record<string, LongRun>> = {
  ...longTests,
  'crash-embedded': crashes('embedded', 1, 300),
  'crash-postgres': crashes('postgres', 1, 300),
  'crash-postgres-three-processes': crashes('postgres', 3, 400),
  'family-under-fire': family,
  'channel-webhooks': webhooks,
  'event-readers': readers,
  'full-disk': fullDisk,
  'failover-bench': failoverBench,
  'code-canaries': codeCanaries,
  'code-histories': codeHistories,
  'code-kills-embedded': codeKills('embedded'),
  'code-kills-postgres': codeKills('postgres'),
  'load-soak': loadRun('soak'),
  'load-reservation': loadRun('reservation'),
  'load-headline': loadRun('headline'),
  'load-headline-three': loadRun('headline-three'),
  pitr,
  image,
  coverage,
};

/** 50 webhooks a second for a minute, while each model call takes 20 s. */
async function webhooks({ scale }: Terms): Promise<Result> {
  const { environment, remove } = await storeEnvironment(undefined);
  const terms = { perSecond: 50, seconds: Math.max(2, Math.round(60 * scale)), modelMs: 20_000 };
  const { sent, accepted, stored, p50, p99 } = await webhookLoad(environment, terms);
  await remove();
  const reasons = [
    ...(accepted === sent && stored === sent ? [] : [`Of ${sent} webhooks ${accepted} were accepted and ${stored} stored.`]),
    ...(p50 < 50 && p99 < 250 ? [] : [`p50 has to be below 50 ms and p99 below 250 ms.`]),
  ];
  return {
    verdict: reasons.length === 0 ? 'passed' : 'failed',
    figures: { webhooks: sent, 'p50, ms': p50, 'p99, ms': p99 },
    reasons,
  };
}

/** 2,000 readers of the stream of changes in one process. */
async function readers({ scale }: Terms): Promise<Result> {
  const { environment, remove } = await storeEnvironment(undefined);
  const load = await readerLoad(environment, Math.max(10, Math.round(2_000 * scale)));
  await remove();
  const whole = load.heard === load.expected;
  return {
    verdict: whole ? 'passed' : 'failed',
    figures: {
      readers: load.readers,
      'events heard': load.heard,
      'kB a reader, both ends': load.kilobytesEach,
      'CPU of ten turns, times that with one reader': load.cpuRatio,
    },
    reasons: whole ? [] : [`${load.expected} events should have been heard.`],
  };
}

/** FailoverBench's sixteen cases with their real waiting times, which no scale shortens. */
async function failoverBench(): Promise<Result> {
  const scores = await scoreTimonel(profiles.full);
  const passed = scores.filter((score) => score.verdict === 'pass').length;
  return {
    verdict: passed === scores.length ? 'passed' : 'failed',
    figures: { cases: scores.length, passed },
    reasons: scores.map(({ line }) => line),
  };
}

/** The whole suite with the lines that it runs, those of processes too; the scale says nothing to it. */
async function coverage(): Promise<Result> {
  const { status } = spawnSync(process.execPath, ['scripts/coverage.ts', '--gate', '85'], { stdio: 'inherit' });
  return { verdict: status === 0 ? 'passed' : 'failed', figures: { 'least, % of lines': 85 }, reasons: [] };
}

/** Ten thousand turns of a model that calls tools at random, with words that lead to secrets: none of them is in what a model is sent. */
async function codeCanaries({ scale, seed, progress }: Terms): Promise<Result> {
  const { turns, calls, leaks } = await playCanaries(Math.max(1, Math.round(10_000 * scale)), seed, (done) =>
    progress(`${done} turns`),
  );
  return { verdict: leaks.length === 0 ? 'passed' : 'failed', figures: { turns, ...calls }, reasons: leaks.slice(0, 20) };
}

/** A thousand random histories of the coding assistant and of a person in one project; then all of it is undone. */
async function codeHistories({ scale, seed, progress }: Terms): Promise<Result> {
  const { histories, undone, losses } = await playHistories(Math.max(1, Math.round(1_000 * scale)), seed, (done) =>
    progress(`${done} histories`),
  );
  return { verdict: losses.length === 0 ? 'passed' : 'failed', figures: { histories, ...undone }, reasons: losses.slice(0, 20) };
}

/** Processes that are killed while the coding assistant edits and commits. */
function codeKills(kind: 'embedded' | 'postgres'): LongRun {
  return async ({ scale, postgresUrl, progress }) => {
    if (kind === 'postgres' && postgresUrl === undefined)
      return { verdict: 'skipped', figures: {}, reasons: ['PostgreSQL is not installed here.'] };
    const { environment, remove } = await storeEnvironment(kind === 'postgres' ? postgresUrl : undefined);
    const count = Math.max(1, Math.round(500 * scale));
    const { kills, inTurn, locksLeft, faults } = await killInTurns(count, environment, Math.random, (done, wrong) =>
      progress(`${done} kills, ${wrong} faults`),
    );
    await remove();
    return {
      verdict: faults.length === 0 ? 'passed' : 'failed',
      figures: { kills, 'in a turn': inTurn, "git's locks left": locksLeft },
      reasons: faults.slice(0, 20),
    };
  };
}

/** The machine of PostgreSQL is lost under load: what is archived comes back, and a synchronous standby loses nothing. */
async function pitr({ scale, progress }: Terms): Promise<Result> {
  const found = await recoverLostMachines(scale, progress);
  if (typeof found === 'string') return { verdict: 'skipped', figures: {}, reasons: [found] };
  return { verdict: found.reasons.length === 0 ? 'passed' : 'failed', ...found };
}

/** Megabytes of files, with those of the base: somewhat more than there are. */
const largestImage = { slim: 430, runtime: 540 } as const;

/** The images, built by buildah and started; the scale says nothing to it. */
async function image({ progress }: Terms): Promise<Result> {
  const lacks = ['buildah', 'debootstrap'].filter((program) => spawnSync(program, ['--version']).error !== undefined);
  if (lacks.length > 0 || process.getuid?.() !== 0)
    return { verdict: 'skipped', figures: {}, reasons: [`It needs root, and apt-get install ${lacks.join(' ')}`.trim()] };
  const folder = mkdtempSync(join(tmpdir(), 'timonel-image-'));
  try {
    const built = await buildImages(folder, ['slim', 'runtime'], progress);
    const figures = Object.fromEntries(
      built.flatMap(([target, { megabytes, status, user }]) => [
        [`MB of ${target}`, megabytes.image],
        ['MB of the base', megabytes.base],
        [target, `${status} as ${user}`],
      ]),
    );
    const reasons = built.flatMap(([target, { megabytes, status, user }]) => [
      ...(status === 'ok' ? [] : [`${target}: health is ${status}`]),
      ...(user === '10001' ? [] : [`${target} runs as ${user}`]),
      ...(megabytes.image > largestImage[target]
        ? [`${target} has ${megabytes.image} MB, and may have ${largestImage[target]}`]
        : []),
    ]);
    return { verdict: reasons.length === 0 ? 'passed' : 'failed', figures, reasons };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A hundred runs that start each other on two processes, which die in turn. */
async function family({ scale, postgresUrl, progress }: Terms): Promise<Result> {
  if (postgresUrl === undefined) return { verdict: 'skipped', figures: {}, reasons: ['PostgreSQL is not installed here.'] };
  const { environment, remove } = await storeEnvironment(postgresUrl);
  const kills = Math.max(1, Math.round(40 * scale));
  let killed = 0;
  // 1 + 9 + 45 + 9 + 36: the second layer after the first.
  const terms = { environment, layers: ['9,5', '9,4'], nodes: 100, kills };
  const reasons = await familyUnderFire({
    ...terms,
    onKill: (count) => {
      killed = count;
      progress(`${count} kills`);
    },
  });
  await remove();
  return { verdict: reasons.length === 0 ? 'passed' : 'failed', figures: { runs: terms.nodes, kills: killed }, reasons };
}

/** Fills the disk under an embedded store again and again while clients talk; every other time past its own watch. */
async function fullDisk({ scale, progress }: Terms): Promise<Result> {
  const why = noSmallDisk();
  if (why !== undefined) return { verdict: 'skipped', figures: {}, reasons: [why] };
  const rounds = Math.max(2, Math.round(40 * scale));
  const disk = mountSmallDisk(400);
  const reasons: string[] = [];
  let slowest = 0;
  try {
    const full = await FullDisk.start(disk);
    for (let round = 1; round <= rounds && reasons.length === 0; round++) {
      full.talk(4);
      if (round % 2 === 0) await full.overrun();
      else disk.fill(30);
      const probes = await full.probeUntil(({ reasons: said }) => said.includes('disk_full'), 10_000);
      slowest = Math.max(slowest, ...probes.map(({ milliseconds }) => milliseconds));
      disk.free();
      await full.probeUntil(({ status }) => status === 200, 20_000);
      await full.quiet();
      await full.cluster.settle(20_000);
      // What the overruns stored would leave no room for the next.
      await full.cluster.query(`DELETE FROM files WHERE name = 'ballast'`);
      await full.cluster.query('VACUUM FULL files');
      reasons.push(...(await full.wrong()), ...full.cluster.ended);
      progress(`${round} of ${rounds} rounds`);
    }
    await full.cluster.close();
  } catch (error) {
    reasons.push(String(error));
  } finally {
    disk.remove();
  }
  if (slowest >= 1_000) reasons.push(`Readiness took ${Math.round(slowest)} ms.`);
  return {
    verdict: reasons.length === 0 ? 'passed' : 'failed',
    figures: { rounds, 'slowest readiness, ms': Math.round(slowest) },
    reasons,
  };
}

function crashes(kind: 'embedded' | 'postgres', processes: number, blows: number): LongRun {
  return async ({ scale, seed, postgresUrl, progress }) => {
    if (kind === 'postgres' && postgresUrl === undefined)
      return { verdict: 'skipped', figures: {}, reasons: ['PostgreSQL is not installed here.'] };
    const { environment, remove } = await storeEnvironment(kind === 'embedded' ? undefined : postgresUrl);
    const { violations, ...figures } = await storm({
      environment,
      processes,
      blows: Math.max(1, Math.round(blows * scale)),
      seed,
      onRound: ({ rounds, kills, freezes, seconds }) =>
        progress(`${rounds} rounds, ${kills} kills, ${freezes} freezes, ${seconds} s`),
    });
    await remove();
    return { verdict: violations.length === 0 ? 'passed' : 'failed', figures, reasons: violations };
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: 'string', default: '1' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const scale = Number(values.scale);
const names = positionals.length === 0 ? Object.keys(longRuns) : positionals;
const unknown = names.filter((name) => longRuns[name] === undefined);
if (unknown.length > 0 || !(scale > 0) || !Number.isInteger(seed)) {
  console.error(
    `Usage: npm run nightly -- [--scale 1] [--seed 1] [name…]; the long runs are: ${Object.keys(longRuns).join(', ')}.` +
      (unknown.length > 0 ? ` There is no ${unknown.join(', ')}.` : ''),
  );
  process.exit(2);
}

const directory = mkdtempSync(join(tmpdir(), 'timonel-nightly-'));
const given = process.env['TIMONEL_TEST_DATABASE_URL'];
const postgres = given === undefined ? await startPostgres(directory) : undefined;
let failed = false;
try {
  for (const name of names) {
    const run = longRuns[name];
    if (run === undefined) continue;
    const progress = (line: string) => {
      if (process.stdout.isTTY) process.stdout.write(`\r${name}: ${line}  `);
    };
    const { verdict, figures, reasons } = await run({ scale, seed, postgresUrl: given ?? postgres?.url, progress });
    failed ||= verdict === 'failed';
    const summary = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
    if (process.stdout.isTTY) process.stdout.write('\r');
    console.log([`${name} (seed ${seed}): ${verdict}`, ...summary].join(', '));
    for (const reason of reasons) console.log(`  ${reason}`);
  }
} finally {
  postgres?.stop();
  rmSync(directory, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
