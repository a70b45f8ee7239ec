/** Looks at everything an installation stands on. Checks change nothing that lasts, and one that breaks is a check that failed. */
import { messageOf } from '../../errors.ts';
import { orAfter } from '../../run/or-after.ts';
import type { Check, CheckResult, Finding, Validation, ValidationOptions, ValidationParts } from './contract.ts';
import { disk, git, sandbox, secrets } from './machine-checks.ts';
import { mail, model, monitoring, redis } from './service-checks.ts';
import { clock, connections, database, schema } from './store-checks.ts';
import { agents, backup, knowledge, queue } from './work-checks.ts';

const checks: readonly Check[] = [
  database,
  schema,
  connections,
  clock,
  redis,
  queue,
  knowledge,
  agents,
  model,
  sandbox,
  mail,
  monitoring,
  backup,
  disk,
  secrets,
  git,
];

const longestMs = 30_000;

export async function validate(parts: ValidationParts, options: ValidationOptions): Promise<Validation> {
  const results = await Promise.all(checks.map((check) => resultOf(check, parts, options)));
  return { status: results.some(({ status }) => status === 'fail') ? 'fail' : 'pass', checks: results };
}

async function resultOf(check: Check, parts: ValidationParts, options: ValidationOptions): Promise<CheckResult> {
  const started = performance.now();
  const failed = (said: string): Finding => ({ status: 'fail', said });
  const found = await orAfter(
    check.run(parts, options).catch((error: unknown) => failed(messageOf(error))),
    longestMs,
  );
  const finding = found ?? failed(`No answer within ${longestMs / 1_000} seconds.`);
  return { name: check.name, ...finding, milliseconds: Math.round(performance.now() - started) };
}
