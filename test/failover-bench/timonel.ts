/** Timonel as FailoverBench's baseline has every system: for each case a route with the first model and one fallback. */
import { readSettings } from '../../src/config.ts';
import { defaultWorkspace, openTimonel } from '../../src/main.ts';
import type { ProjectConfig } from '../../src/project.ts';
import { startFaultyProvider } from '../faulty-provider/server.ts';
import { notes } from '../notes-agent.ts';
import { storeEnvironment } from '../store-environment.ts';
import { cases } from './catalogue.ts';
import { modelsOf, type Profile, playAll } from './play.ts';
import type { Score } from './score.ts';

/** A route's own time limits: at full speed the defaults, else well under the fault's and as far from a busy machine's as can be. */
function routesOf({ scale }: Profile): NonNullable<ProjectConfig['routes']> {
  const timeouts = scale === 1 ? {} : { timeouts: { firstTokenMs: 16_000 * scale, idleMs: 24_000 * scale } };
  const routes = cases.map((scenario) => {
    const { primary, fallback } = modelsOf(scenario);
    const targets = [{ model: `configured/${primary}` }, { model: `configured/${fallback}` }];
    return [aliasOf(scenario), { targets, ...timeouts }] as const;
  });
  return Object.fromEntries(routes);
}

const aliasOf = ({ id }: { id: string }) => `fb-${id.toLowerCase()}`;

/** Plays all cases through a Timonel on the embedded store. */
export async function scoreTimonel(profile: Profile): Promise<Score[]> {
  const provider = await startFaultyProvider(profile);
  const { environment, remove } = await storeEnvironment(undefined);
  const settings = readSettings({
    ...environment,
    TIMONEL_PORT: '0',
    TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0',
    TIMONEL_MODEL: 'ok',
    TIMONEL_MODEL_URL: provider.url,
    TIMONEL_MODEL_KEY: 'sk-provider',
  });
  const timonel = await openTimonel(settings, { agents: [notes], routes: routesOf(profile) });
  try {
    const url = `${await timonel.listen()}/v1`;
    const id = crypto.randomUUID();
    const key = await timonel.apiKeys.create({ id, workspaceId: defaultWorkspace, name: 'FailoverBench', role: 'operator' });
    const system = { url, key, hasFallback: true, modelOf: aliasOf, healthyModel: 'configured/ok' };
    return await playAll(system, provider, profile);
  } finally {
    await timonel.close();
    await provider.close();
    await remove();
  }
}
