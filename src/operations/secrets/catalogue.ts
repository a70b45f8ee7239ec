/** Every secret that an installation has: what it protects, how it is replaced, and what is valid meanwhile. docs/secrets.md is this table. */
import type { secretSettings } from '../../secret-files.ts';

export interface KnownSecret {
  /** Of the setting, or of a kind of secrets that the database keeps. */
  name: string;
  /** `own`: Timonel makes the next one. `foreign`: its owner does, and both are tried before it is put in its place. */
  kind: 'own' | 'foreign';
  protects: string;
  /** Steps of its owner before `timonel secrets rotate`, for a foreign one. */
  before?: string;
  /** What is valid between the two. */
  meanwhile: string;
}

const both = 'The old one, until its owner ends it: processes are restarted one after the other before.';
const pair = 'Make a second access key, and replace both settings before the restart.';
const ofProvider = 'Make a second key at the provider.';

const foreign: Readonly<
  Record<Exclude<(typeof secretSettings)[number], 'TIMONEL_SECRET' | 'TIMONEL_SECRET_PREVIOUS'>, Omit<KnownSecret, 'name' | 'kind'>>
> = {
  DATABASE_URL: {
    protects: 'the database',
    before:
      'Make a second role with the rights of the first: CREATE ROLE … LOGIN PASSWORD …; GRANT <owner> TO …; ALTER ROLE … SET ROLE <owner>.',
    meanwhile: both,
  },
  REDIS_URL: { protects: 'Redis', before: 'Add a second password to the user: ACL SETUSER <user> ><new>.', meanwhile: both },
  TIMONEL_SMTP_URL: {
    protects: 'the sending of mail',
    before: 'Make a second password or user at the mail provider.',
    meanwhile: both,
  },
  TIMONEL_OIDC_PROVIDERS: {
    protects: 'sign-ins by services of others',
    before: 'Add a second client secret at the service.',
    meanwhile: both,
  },
  TIMONEL_MODEL_KEY: { protects: 'calls to the configured model', before: ofProvider, meanwhile: both },
  ANTHROPIC_API_KEY: { protects: 'calls to Anthropic', before: ofProvider, meanwhile: both },
  OPENAI_API_KEY: { protects: 'calls to OpenAI', before: ofProvider, meanwhile: both },
  GEMINI_API_KEY: { protects: 'calls to Google', before: ofProvider, meanwhile: both },
  GROQ_API_KEY: { protects: 'calls to Groq', before: ofProvider, meanwhile: both },
  TIMONEL_ARTIFACT_S3_KEY_ID: {
    protects: 'artifacts, with TIMONEL_ARTIFACT_S3_SECRET',
    before: pair,
    meanwhile: both,
  },
  TIMONEL_ARTIFACT_S3_SECRET: {
    protects: 'artifacts, with TIMONEL_ARTIFACT_S3_KEY_ID',
    before: pair,
    meanwhile: both,
  },
  TIMONEL_BACKUP_S3_KEY_ID: { protects: 'the bucket of backups, with TIMONEL_BACKUP_S3_SECRET', before: pair, meanwhile: both },
  TIMONEL_BACKUP_S3_SECRET: { protects: 'the bucket of backups, with TIMONEL_BACKUP_S3_KEY_ID', before: pair, meanwhile: both },
  OTEL_EXPORTER_OTLP_HEADERS: {
    protects: 'the collector of traces',
    before: 'Make a second token at the collector.',
    meanwhile: both,
  },
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: {
    protects: 'the collector of traces',
    before: 'Make a second token at the collector.',
    meanwhile: both,
  },
};

export const knownSecrets: readonly KnownSecret[] = [
  {
    name: 'TIMONEL_SECRET',
    kind: 'own',
    protects:
      'access tokens, sessions, CSRF tokens, links, second factors, credentials in the database, ends of audit chains, mails that wait',
    meanwhile: 'Both: the old one until --finish. What is sealed is sealed anew.',
  },
  ...Object.entries(foreign).map(([name, about]) => ({ name, kind: 'foreign' as const, ...about })),
  {
    name: 'TIMONEL_BACKUP_IDENTITY',
    kind: 'own',
    protects: 'encrypted backups',
    meanwhile: 'Both: the file has both identities, so that old backups can be read. --finish takes the old one away.',
  },
  { name: 'api-key', kind: 'own', protects: 'the API, for a program', meanwhile: 'Both, for a day.' },
  { name: 'webhook', kind: 'own', protects: 'the origin of webhooks', meanwhile: 'Requests carry both signatures, for a day.' },
  {
    name: 'channel',
    kind: 'foreign',
    protects: 'the account of a channel',
    before: 'Make the new credentials at the provider.',
    meanwhile: 'Webhooks that are signed with either are taken, for a day.',
  },
];

export function knownSecret(name: string): KnownSecret | undefined {
  return knownSecrets.find((each) => each.name === name);
}
