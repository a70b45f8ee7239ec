/** Timonel as a gateway: as its users start it, with everything switched on that a team would. */
import { startTimonel } from '../turns/timonel-process.ts';
import type { Place, Running } from './contenders.ts';
import { instantModel, slowModel } from './exchange.ts';

export async function startTimonelGateway({ directory, upstream, pinned, nodeOptions }: Place): Promise<Running> {
  const started = await startTimonel({ home: directory, modelUrl: upstream, pinned, nodeOptions, config: 'bench/gateway' });
  const headers = { authorization: `Bearer ${started.apiKey}` };
  const address = { origin: started.url, path: '/v1/chat/completions', headers, model: instantModel, slowModel: slowModel.name };
  return { process: started.process, address, cached: address };
}
