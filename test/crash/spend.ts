/**
 * A process that holds money and does not live to say what became of it. Prints one JSON line when it holds it. First it makes as many calls as
 * `TIMONEL_TEST_CALLS` says.
 */
import { writeSync } from 'node:fs';
import { readSettings } from '../../src/config.ts';
import { Budgets } from '../../src/llm/money/budgets.ts';
import { openStore } from '../../src/store/open.ts';

const store = await openStore(readSettings());
const budgets = new Budgets({ pool: store.pool, now: () => new Date(), newId: () => crypto.randomUUID() });
const spender = { workspaceId: process.env['TIMONEL_TEST_WORKSPACE'] ?? '' };
const call = { model: 'openai/gpt-4o-mini', tokens: 10, money: 10n };
let left = Number(process.env['TIMONEL_TEST_CALLS'] ?? 0);
const spend = async () => {
  while (left-- > 0) await (await budgets.reserve(spender, call)).settle({ tokens: 1, money: 1n });
};
await Promise.all(Array.from({ length: 16 }, spend));
const settled = await budgets.reserve(spender, call);
await settled.settle({ tokens: 1, money: 1n });
const released = await budgets.reserve(spender, call);
await released.release();
await budgets.reserve(spender, call);
await budgets.reserve(spender, call);
writeSync(1, `${JSON.stringify({ held: 2 })}\n`);
process.on('disconnect', () => process.exit(1));
