/** Timonel as a gateway: as its users start it, with everything switched on that a team would. */
import { startTimonel } from '../turns/timonel-process.ts';
import type { Place, Running } from './contenders.ts';
import { instantModel, slowModel } from './exchange.ts';

/** High enough never to refuse, so that what is measured is the counting. */
const limits = {
  TIMONEL_RATE_LIMIT_KEY_REQUESTS: '1000000000',
  TIMONEL_RATE_LIMIT_KEY_TOKENS: '1000000000',
  TIMONEL_RATE_LIMIT_WORKSPACE_REQUESTS: '1000000000',
};
const budgets = [
  { scope: 'workspace', period: 'month', money: 1_000_000 },
  { scope: 'api-key', period: 'day', money: 1_000_000, tokens: 1_000_000_000_000 },
];

export async function startTimonelGateway({ directory, upstream, pinned, nodeOptions }: Place): Promise<Running> {
  const started = await startTimonel({
    home: directory,
    modelUrl: upstream,
    pinned,
    nodeOptions,
    config: 'bench/gateway',
    environment: limits,
  });
  const headers = { authorization: `Bearer ${started.apiKey}` };
  for (const budget of budgets) {
    const answered = await fetch(`${started.url}/api/v1/budgets`, {
      method: 'PUT',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(budget),
    });
    if (!answered.ok) throw new Error(`The budget was not set: ${answered.status} ${await answered.text()}`);
  }
  const address = { origin: started.url, path: '/v1/chat/completions', headers, model: instantModel, slowModel: slowModel.name };
  return { process: started.process, address, cached: address };
}
