/** A rotation of `TIMONEL_SECRET` in steps that may each be the last: every process accepts the new one before any signs with it, and the old one until the end. */
import { randomBytes } from 'node:crypto';
import { generationName } from '../identity/secrets.ts';
import { generations, type WrittenGenerations, writeGenerations } from '../secret-generations.ts';
import type { SecretPlace } from './secret-place.ts';
import { type Installation, type SeenProcess, untilAll, withInstallation } from './secret-processes.ts';
import { UsageError } from './usage-error.ts';

export interface RotationOptions {
  finish: boolean;
  /** Does not wait for the overlap. */
  now: boolean;
  /** How long to wait for all processes to follow. */
  withinMs: number;
}

/** Answers to notices of hand-offs live so long. Links of agents may live longer: they end with the secret that signed them. */
export const overlapMs = 7 * 86_400_000;

/** 256 random bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function rotateSecret(place: SecretPlace, options: RotationOptions): Promise<void> {
  return withInstallation((installation) =>
    options.finish ? finish(place, installation, options) : begin(place, installation, options),
  );
}

async function begin(place: SecretPlace, installation: Installation | undefined, { withinMs }: RotationOptions): Promise<void> {
  const found = place.read();
  if (found.previous !== undefined)
    throw new UsageError(
      `${place.path} has a secret and the one before: finish that rotation first. timonel secrets rotate TIMONEL_SECRET --finish`,
    );
  const next = found.next ?? newSecret();
  if (found.next === undefined) place.write({ ...found, next });
  console.log(`${place.path}: the next secret is accepted, and signs nothing yet.`);
  const name = nameOf({ current: next });
  const deaf = installation === undefined ? [] : await untilAll(installation, ({ accepts }) => accepts.includes(name), withinMs);
  if (deaf.length > 0) return waitFor(deaf, place, 'do not accept the next secret yet');
  place.write({ current: next, previous: found.current, previousSince: new Date(), madeAt: new Date() });
  const behind = installation === undefined ? [] : await untilAll(installation, ({ signs }) => signs === name, withinMs);
  if (behind.length > 0) tellOf(behind, place, 'sign with the one before still, which is valid');
  console.log(
    `${place.path}: the new secret signs. The one before is accepted until: timonel secrets rotate TIMONEL_SECRET --finish`,
  );
}

async function finish(place: SecretPlace, installation: Installation | undefined, options: RotationOptions): Promise<void> {
  const { current, previous, previousSince, madeAt } = place.read();
  if (previous === undefined) throw new UsageError(`${place.path} has one secret, and no rotation to finish.`);
  const left = (previousSince?.getTime() ?? 0) + overlapMs - Date.now();
  if (left > 0 && !options.now)
    throw new UsageError(
      `What the secret before signed is valid for ${Math.ceil(left / 3_600_000)} more hour(s): answers to notices of hand-offs are taken for a week. --now ends it all the same.`,
    );
  if (installation !== undefined) {
    const name = nameOf({ current });
    const behind = await untilAll(installation, ({ signs }) => signs === name, options.withinMs);
    if (behind.length > 0) return waitFor(behind, place, 'sign with the one before still');
    const sealed = await installation.sealedBefore();
    if (sealed > 0) {
      console.error(
        `${sealed} text(s) in the database are still sealed with the one before. A process that starts with both seals them anew, and its log tells what it could not. Nothing was changed.`,
      );
      process.exitCode = 1;
      return;
    }
  }
  const old = nameOf({ current: previous });
  place.write({ current, madeAt });
  const lasting =
    installation === undefined ? [] : await untilAll(installation, ({ accepts }) => !accepts.includes(old), options.withinMs);
  if (lasting.length > 0) return waitFor(lasting, place, 'accept the secret before until they read the file again');
  console.log(`${place.path}: the secret before is gone.`);
}

function nameOf(written: WrittenGenerations): string {
  const read = generations.safeParse(writeGenerations(written, ','));
  if (!read.success) throw new UsageError(`TIMONEL_SECRET ${read.error.issues.map(({ message }) => message).join('; ')}.`);
  return generationName(read.data.current);
}

/** The file has the state: the same command goes on from it. */
function waitFor(processes: readonly SeenProcess[], place: SecretPlace, what: string): void {
  tellOf(processes, place, what);
  process.exitCode = 1;
}

function tellOf(processes: readonly SeenProcess[], { path, followed }: SecretPlace, what: string): void {
  console.error(`${processes.length} process(es) ${what}:`);
  for (const { host, pid } of processes) console.error(`  ${host} ${pid}`);
  console.error(
    followed
      ? `Does TIMONEL_SECRET_FILE name ${path} there, or a copy of it? Hand it over, and run this command again.`
      : `${path} is read at a start: restart them one after the other, and run this command again.`,
  );
}
