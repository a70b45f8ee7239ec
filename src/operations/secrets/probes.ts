/** Whether a secret of somebody else is accepted: each is tried where it is used, with the smallest question there is. */
import type { Settings } from '../../config.ts';

/** @throws Error where it is refused. @returns `false` for secrets that cannot be tried alone */
export async function tryForeignSecret(
  name: string,
  value: string,
  settings: Pick<Settings, 'models' | 'redis'>,
): Promise<boolean> {
  const { hosted, compatible } = settings.models;
  const bearer = { authorization: `Bearer ${value}` };
  switch (name) {
    case 'DATABASE_URL':
      await askDatabase(value);
      return true;
    case 'REDIS_URL':
      await askRedis(value, settings.redis);
      return true;
    case 'TIMONEL_SMTP_URL':
      await askMail(value);
      return true;
    case 'ANTHROPIC_API_KEY':
      await askModels(hosted.anthropic.url ?? 'https://api.anthropic.com/v1', {
        'x-api-key': value,
        'anthropic-version': '2023-06-01',
      });
      return true;
    case 'OPENAI_API_KEY':
      await askModels(hosted.openai.url ?? 'https://api.openai.com/v1', bearer);
      return true;
    case 'GEMINI_API_KEY':
      await askModels(hosted.google.url ?? 'https://generativelanguage.googleapis.com/v1beta', { 'x-goog-api-key': value });
      return true;
    case 'GROQ_API_KEY':
      await askModels(hosted.groq.url ?? 'https://api.groq.com/openai/v1', bearer);
      return true;
    case 'TIMONEL_MODEL_KEY':
      if (compatible === undefined) return false;
      await askModels(compatible.url, bearer);
      return true;
    default:
      return false;
  }
}

const answerMs = 10_000;

async function askDatabase(url: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: answerMs });
  client.on('error', () => {});
  try {
    await client.connect();
    // The tables have to be in reach, too.
    await client.query('SELECT 1 FROM workspaces LIMIT 1');
  } finally {
    await client.end().catch(() => {});
  }
}

async function askRedis(url: string, address: Settings['redis']): Promise<void> {
  const { redisClient } = await import('../../store/cache/redis.ts');
  const client = redisClient(
    { ...(address ?? { sentinels: [], cluster: [] }), url },
    { lazyConnect: true, maxRetriesPerRequest: 1, commandTimeout: answerMs },
  );
  client.on('error', () => {});
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}

async function askMail(url: string): Promise<void> {
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({ url, connectionTimeout: answerMs, greetingTimeout: answerMs, socketTimeout: answerMs });
  try {
    await transport.verify();
  } finally {
    transport.close();
  }
}

/** Lists of models cost nothing. */
async function askModels(base: string, headers: Record<string, string>): Promise<void> {
  const answer = await fetch(`${base.replace(/\/+$/, '')}/models`, { headers, signal: AbortSignal.timeout(answerMs) });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`${new URL(base).host} answers ${answer.status}`);
}
