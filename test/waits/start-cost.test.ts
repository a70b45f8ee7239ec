/** What the start of a run by another one costs: at most two round trips to the database, whether or not within a transaction. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Database, sql } from '../../src/database.ts';
import { defineAgent, defineTool, type ToolContext } from '../../src/index.ts';
import { scriptedModel } from '../scripted-model.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

describe.each(storeKinds)('starting a run from another one (%s)', (kind) => {
  let timonel: TestTimonel;
  let started: number[] = [];
  const start = async (context: ToolContext) => {
    started = [];
    const { roundTrips } = timonel.timonel.store.pool;
    for (let child = 0; child < 12; child++) {
      const before = roundTrips.count;
      await context.runs.start({ agent: 'starter', input: 'Hi', key: String(child) });
      started.push(roundTrips.count - before);
    }
    return {};
  };
  /** The role of the database that statements of the tool have, after others of the runtime in the same transaction. */
  let roles: unknown[] = [];
  const look = async (context: ToolContext) => {
    const role = async (database: Database) =>
      void roles.push((await database.execute(sql`SELECT current_user AS role`)).rows[0]?.['role']);
    const begin = (key: string) => context.runs.start({ agent: 'starter', input: 'Hi', key });
    roles = [];
    await context.query(async (database) => {
      await role(database);
      await begin('one');
      await role(database);
      await database.execute(sql`SAVEPOINT before`);
      await begin('two');
      await database.execute(sql`ROLLBACK TO SAVEPOINT before`);
      await role(database);
      await begin('two');
      await Promise.all([role(database), begin('three'), role(database), begin('four'), role(database)]);
    });
    return {};
  };
  const common = { description: 'Starts runs.', input: z.object({}) };
  const agent = defineAgent({
    name: 'starter',
    version: '1.0.0',
    description: 'Starts runs.',
    prompt: 'You start runs.',
    tools: [
      defineTool({ ...common, name: 'start_runs', effect: 'read', execute: (_input, context) => start(context) }),
      defineTool({
        ...common,
        name: 'store_runs',
        effect: 'write',
        target: 'database',
        execute: (_input, context) => start(context),
      }),
      defineTool({
        ...common,
        name: 'look_around',
        effect: 'write',
        target: 'database',
        execute: (_input, context) => look(context),
      }),
    ],
    policy: [],
  });
  const model = scriptedModel(({ prompt }) => {
    const text = JSON.stringify(prompt.findLast(({ role }) => role === 'user'));
    const tool = /start_runs|store_runs|look_around/.exec(text)?.[0];
    return tool === undefined || prompt.at(-1)?.role === 'tool' ? 'Done.' : { calls: [{ tool, args: {} }] };
  });
  beforeAll(async () => {
    // Nothing else asks the database meanwhile but the runs themselves: the smallest count is of a start alone.
    timonel = await startTimonel(kind, { agents: [agent], models: { default: model } });
  });
  afterAll(() => timonel?.close());

  it.each(['start_runs', 'store_runs'])('takes two round trips at most (%s)', async (tool) => {
    const { run } = await timonel.say(await timonel.converse('starter'), tool);
    expect(run).toMatchObject({ outcome: 'replied' });
    expect(Math.min(...started)).toBeGreaterThan(0);
    expect(Math.min(...started)).toBeLessThanOrEqual(2);
  });

  it('leaves the statements of the tool without the rights of the runtime', async () => {
    const { run } = await timonel.say(await timonel.converse('starter'), 'look_around');
    expect(run).toMatchObject({ outcome: 'replied' });
    expect(roles).toEqual(Array.from({ length: 6 }, () => 'timonel_member'));
    const children = await timonel.timonel.store.pool.executeText('SELECT FROM runs WHERE parent_run = $1', [run.id]);
    expect(children).toHaveLength(4);
  });
});
