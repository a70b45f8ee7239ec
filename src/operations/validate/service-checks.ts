import { createTransport } from 'nodemailer';
import { messageOf } from '../../errors.ts';
import type { Check } from './contract.ts';

export const redis: Check = {
  name: 'redis',
  async run({ redis: client }) {
    if (client === undefined) return { status: 'skipped', said: 'REDIS_URL is not set: one process needs none.' };
    const key = `timonel:validate:${crypto.randomUUID()}`;
    await client.ping();
    await client.set(key, key, 'PX', 10_000);
    const read = await client.get(key);
    await client.del(key);
    if (read === key) return { status: 'pass', said: 'PING, SET and GET work.' };
    return { status: 'fail', said: 'A key that was set was not read back.', advice: 'Is REDIS_URL a replica, or its memory full?' };
  },
};

export const mail: Check = {
  name: 'mail',
  async run({ settings }) {
    const { url } = settings.mail;
    if (url === undefined) {
      const production = settings.environment === 'production';
      return {
        status: production ? 'warning' : 'skipped',
        said: 'TIMONEL_SMTP_URL is not set.',
        ...(production ? { advice: 'Without it nobody is invited by mail, and nobody can set a new password.' } : {}),
      };
    }
    const transport = createTransport({ url, connectionTimeout: 8_000, greetingTimeout: 8_000, socketTimeout: 8_000 });
    try {
      await transport.verify();
      return { status: 'pass', said: `The mail server ${new URL(url).host} takes our sign-in.` };
    } catch (error) {
      const said = `The mail server ${new URL(url).host} refuses: ${messageOf(error)}.`;
      return { status: 'fail', said, advice: 'Compare TIMONEL_SMTP_URL with what its provider says.' };
    } finally {
      transport.close();
    }
  },
};

export const monitoring: Check = {
  name: 'monitoring',
  async run({ running, settings }) {
    const { traces } = settings;
    const exposed =
      running === undefined ? undefined : (await running.metrics()).split('\n').filter((line) => /^timonel_/.test(line)).length;
    const metrics = exposed === undefined ? 'Metrics are told by a running process' : `${exposed} metrics are exposed`;
    if (exposed === 0) return { status: 'fail', said: 'No metrics are exposed.', advice: 'Read the log of the process.' };
    const { exporter, url: endpoint } = traces;
    if (exporter !== 'otlp' || endpoint === undefined) return { status: 'pass', said: `${metrics}; traces are not sent.` };
    const answer = await fetch(endpoint, { method: 'POST', signal: AbortSignal.timeout(5_000) }).catch(
      (error: unknown) => error as Error,
    );
    if (!(answer instanceof Error)) return { status: 'pass', said: `${metrics}; the collector of traces answers.` };
    return {
      status: 'fail',
      said: `The collector of traces at ${new URL(endpoint).host} does not answer: ${messageOf(answer.cause ?? answer)}.`,
      advice: 'Start it, correct OTEL_EXPORTER_OTLP_ENDPOINT, or set OTEL_TRACES_EXPORTER=none.',
    };
  },
};

export const model: Check = {
  name: 'model',
  async run({ running }, { liveModel }) {
    if (running === undefined) return { status: 'skipped', said: 'A running process asks the model.' };
    const name = running.defaultModel();
    if (name === undefined)
      return {
        status: liveModel ? 'fail' : 'skipped',
        said: 'No model is configured: flows answer.',
        advice: 'docs/models.md says how to set one.',
      };
    if (!liveModel) return { status: 'skipped', said: `${name} was not asked, since that costs money: --live-model asks once.` };
    const answered = await running.askModel();
    const cost = answered.cost === undefined ? 'price unknown' : `$${answered.cost.toFixed(6)}`;
    return {
      status: 'pass',
      said: `${answered.model} answered "${answered.text.trim().slice(0, 40)}" (${answered.tokens} tokens, ${cost}).`,
    };
  },
};
