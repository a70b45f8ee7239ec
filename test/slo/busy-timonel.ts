/** A Timonel with a model provider of its own, and a working day in a second: everything that has a figure happens, and is counted here too. */
import { setTimeout as sleep } from 'node:timers/promises';
import { booking } from '../../agents/booking/agent.ts';
import { channels, type SpeechDone } from '../../src/diagnostics.ts';
import { CloudApi, phoneNumberId, secrets, signatureOf } from '../channels/cloud-api.ts';
import { change, message, webhook } from '../channels/webhooks.ts';
import { startFaultyProvider } from '../faulty-provider/server.ts';
import { newPerson } from '../identity/people.ts';
import { notes } from '../notes-agent.ts';
import { scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment, type StoreKind } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

/** What happened. */
export interface Day {
  turns: number;
  toolCalls: number;
  degraded: number;
  failedTurns: number;
  answered: number;
  failed: number;
  hits: number;
  limited: number;
  overBudget: number;
}

export interface BusyTimonel {
  timonel: TestTimonel;
  work(): Promise<Day>;
  /** One canary that fails and is rolled back. */
  release(): Promise<void>;
  close(): Promise<void>;
}

const userLimit = 3;

export async function startBusyTimonel(
  kind: StoreKind,
  options: { now?: () => Date; environment?: Record<string, string>; on?: Record<string, string> } = {},
): Promise<BusyTimonel> {
  const provider = await startFaultyProvider({ scale: 0.2, tokenMs: 0 });
  const whatsapp = await CloudApi.start();
  const fresh = options.on === undefined ? await freshStoreEnvironment(kind) : undefined;
  const model = scriptedModel(({ prompt }) => {
    const system = String(prompt[0]?.content);
    const last = prompt.at(-1);
    if (system.includes('BROKEN')) return { calls: Array.from({ length: 3 }, () => ({ tool: 'list_notes', args: {} })) };
    if (!system.includes('notes')) throw new Error('The model is away.');
    if (last?.role === 'tool') return 'Hecho.';
    const said = JSON.stringify(last?.content);
    if (said.includes('write')) return { calls: [{ tool: 'add_note', args: { text: 'milk' } }] };
    if (said.includes('secret')) return { calls: [{ tool: 'add_note', args: { text: 'password' } }] };
    return 'Bien.';
  });
  const timonel = await startTimonel(
    kind,
    {
      agents: [notes, booking],
      models: { default: model },
      prices: { 'configured/ok-for-work': { input: 1, output: 2 } },
      routes: {
        work: { targets: [{ model: 'configured/ok-for-work' }], cache: { ttlSeconds: 60 } },
        broken: { targets: [{ model: 'configured/fails-for-work' }] },
      },
    },
    {
      ...(options.now === undefined ? {} : { now: options.now }),
      environment: {
        ...(options.on ?? fresh?.environment),
        TIMONEL_MODEL: 'ok',
        TIMONEL_MODEL_URL: provider.url,
        TIMONEL_MODEL_KEY: 'work-key',
        TIMONEL_RATE_LIMIT_USER_REQUESTS: String(userLimit),
        TIMONEL_RELEASE_LOOK_MS: '600000',
        TIMONEL_BACKUP_CRON: '0 3 * * *',
        TIMONEL_WHATSAPP_URL: whatsapp.url,
        ...options.environment,
      },
    },
  );

  const wanted = { channel: 'whatsapp', name: 'busy', agent: 'notes', settings: { phoneNumberId }, secrets };
  // Before the first work nothing happened, not even that.
  let connection: Promise<{ id: string }> | undefined;
  const connected = async () => (await timonel.call<{ id: string }>('POST', '/api/v1/channels', wanted)).body;
  let people = 0;
  /** Somebody sends a sticker, which no turn comes of: the webhook comes twice, and tells of something else too. */
  const sticker = async () => {
    const phone = `54911${String(55_560_000 + people++)}`;
    whatsapp.heard.set(phone, whatsapp.now());
    const payload = webhook([
      change({ phone }, [message({ phone }, { type: 'sticker', sticker: { id: '1' } })]),
      { field: 'account_update', value: {} },
    ]);
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(payload) };
    const sent = whatsapp.sent.length;
    connection ??= connected();
    const { id } = await connection;
    const url = `/api/v1/channels/${id}/webhook`;
    for (let time = 0; time < 2; time++) await timonel.timonel.app.inject({ method: 'POST', url, headers, payload });
    for (let attempt = 0; attempt < 200 && whatsapp.sent.length === sent; attempt++) await sleep(50);
  };
  const ask = (route: string, extra: object = {}, headers = {}) =>
    timonel.call('POST', '/v1/chat/completions', { model: route, messages: [{ role: 'user', content: 'Hi' }], ...extra }, headers);

  return {
    timonel,
    async work() {
      await sticker();
      // A call of speech has no provider here: what is told of one is told. `test/channels/speech.test.ts` makes real ones.
      const spoken = { engine: 'model', milliseconds: 300 } as const;
      channels.speechDone.publish({ ...spoken, what: 'transcription', result: 'heard', seconds: 2 } satisfies SpeechDone);
      channels.speechDone.publish({ ...spoken, what: 'speech', result: 'spoken', seconds: undefined } satisfies SpeechDone);
      const conversation = await timonel.converse('notes');
      let toolCalls = 0;
      let run = '';
      for (const text of ['write', 'hello', 'write', 'secret', 'hello']) {
        run = (await timonel.say(conversation, text)).run.id;
        if (text === 'write') toolCalls++;
      }
      await timonel.call('POST', `/api/v1/runs/${run}/feedback`, { rating: 1 });
      const program = { language: 'javascript', files: { 'main.js': 'console.log(1)' }, entry: 'main.js' } as const;
      await timonel.timonel.sandbox.run(program, '', { owner: 'busy' });
      // Somebody waits, people are told, one takes it and hands it back.
      const settings = { dueMinutes: 10, urgentMinutes: 5, silenceMinutes: 60, quietHours: null };
      await timonel.call('PUT', '/api/v1/handoff-settings', { ...settings, emails: ['ana@example.com'] });
      const waiting = await timonel.converse('notes');
      await timonel.call('POST', `/api/v1/conversations/${waiting}/assign`, { priority: 'urgent' });
      await timonel.timonel.handoff.round.run();
      await timonel.call('POST', `/api/v1/conversations/${waiting}/take`);
      await timonel.call('POST', `/api/v1/conversations/${waiting}/hand-back`);
      // A model that is away: the flow planner answers.
      const shop = await timonel.converse('booking');
      const { run: flow } = await timonel.say(shop, 'Hola');
      const asked = await Promise.all([
        ask('work'),
        ask('work', { temperature: 0, seed: 7 }),
        ...Array.from({ length: 6 }, () => ask('broken')),
      ]);
      const again = await ask('work', { temperature: 0, seed: 7 });
      const eager = await newPerson(timonel);
      const limited = [];
      for (let time = 0; time < userLimit + 2; time++) limited.push(await ask('work', {}, eager.headers));
      const poor = await newPerson(timonel);
      await timonel.call('PUT', '/api/v1/budgets', { scope: 'user', subject: poor.id, period: 'day', tokens: 1 });
      const refused = await ask('work', {}, poor.headers);
      const statuses = [...asked, again, ...limited, refused].map(({ status }) => status);
      const count = (status: number) => statuses.filter((each) => each === status).length;
      return {
        turns: 6,
        toolCalls,
        degraded: flow.degraded ? 1 : 0,
        failedTurns: 0,
        answered: count(200),
        failed: statuses.filter((status) => status >= 500).length,
        hits: again.headers['x-timonel-cache'] === 'hit' ? 1 : 0,
        limited: count(429),
        overBudget: count(402),
      };
    },
    async release() {
      const plan = { steps: [{ percentage: 50, bakeMinutes: 0 }] };
      const changes = { prompt: 'You are BROKEN notes.', limits: { toolCalls: 2 } };
      const { body } = await timonel.call<{ id: string }>('POST', '/api/v1/releases', { agent: 'notes', changes, plan });
      await timonel.call('POST', `/api/v1/releases/${body.id}/start`, {});
      for (let person = 0; person < 60; person++) {
        const id = await timonel.converse('notes', { phone: `+54 9 351 ${3_000_000 + person}` });
        await timonel.say(id, 'hello');
      }
      await timonel.timonel.releases.watch.look();
    },
    async close() {
      await timonel.close();
      whatsapp.close();
      await provider.close();
      await fresh?.remove();
    },
  };
}
