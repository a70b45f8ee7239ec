import { defaultSandboxLimits } from '../contract.ts';
import { runNative } from './run.ts';

/** What a program finds out about the walls around it, one line each. */
const inspection = `
echo "environment $(tr '\\0' '\\n' </proc/1/environ | grep -cv '^PWD=')"
echo "filter $(grep -c '^Seccomp:.2' /proc/self/status)"
echo "privileges $(grep -c '^NoNewPrivs:.1' /proc/self/status)"
echo "capabilities $(grep -c '^CapEff:.0000000000000000' /proc/self/status)"
echo "network $(tail -n +3 /proc/net/dev | grep -cv '^ *lo:')"
echo "host $(ls -d /root /home /etc/passwd /sys 2>/dev/null | wc -l)"
touch /usr/written 2>/dev/null && echo "written 1" || echo "written 0"
`;
const forks = 'i=0; while [ $i -lt 80 ]; do sleep 3 & i=$((i+1)); done';
const filled = 268_435_456;
const memory = `head -c ${filled} /dev/zero | tail -c ${filled} | wc -c`;

const expected = new Map([
  ['environment', '0'],
  ['filter', '1'],
  ['privileges', '1'],
  ['capabilities', '1'],
  ['network', '0'],
  ['host', '0'],
  ['written', '0'],
]);

/**
 * Tries every wall as a program would.
 * @param reservesAddresses whether memory is limited by a control group alone.
 * @returns the first that does not hold; undefined where all do
 */
export async function probeLimits(reservesAddresses: boolean): Promise<string | undefined> {
  const language = { mounts: [], reservesAddresses, ownThreads: 0 };
  const limits = { ...defaultSandboxLimits, memoryBytes: 64 * 1024 * 1024, wallMs: 10_000 };
  const run = (script: string) =>
    runNative({ argv: ['/bin/sh', '-c', script], files: {}, input: '', limits, language }, AbortSignal.timeout(30_000));
  const seen = await run(inspection);
  if (seen.exitCode !== 0) return `A program cannot be started: ${seen.stderr.toString('utf8').trim().slice(0, 300)}`;
  const found = new Map(
    seen.stdout
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
  for (const [wall, value] of expected) if (found.get(wall) !== value) return `This machine does not hold the wall "${wall}".`;
  const forked = await run(forks);
  if (!/cannot fork/i.test(forked.stderr.toString('utf8'))) return 'The number of processes cannot be limited here.';
  const { stdout, stderr, outOfMemory } = await run(memory);
  const counted = /^\d+$/.exec(stdout.toString('utf8').trim())?.[0];
  const limited = outOfMemory || /memory/.test(stderr.toString('utf8')) || (counted !== undefined && Number(counted) < filled);
  if (!limited) return 'Memory cannot be limited here.';
  return undefined;
}
