/** Secrets as files, the way Docker, Kubernetes and Vault's agent hand them over: `TIMONEL_SECRET_FILE` names the file that holds `TIMONEL_SECRET`. */
import { readFileSync } from 'node:fs';

/** Settings whose value is a secret, or holds one. */
export const secretSettings = [
  'DATABASE_URL',
  'REDIS_URL',
  'TIMONEL_SECRET',
  'TIMONEL_SECRET_PREVIOUS',
  'TIMONEL_SMTP_URL',
  'TIMONEL_OIDC_PROVIDERS',
  'TIMONEL_MODEL_KEY',
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
  'GEMINI_API_KEY',
  'GROQ_API_KEY',
  'TIMONEL_ARTIFACT_S3_KEY_ID',
  'TIMONEL_ARTIFACT_S3_SECRET',
  'TIMONEL_BACKUP_S3_KEY_ID',
  'TIMONEL_BACKUP_S3_SECRET',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
] as const;

const largestBytes = 1_048_576;

type Environment = Readonly<Record<string, string>>;

/**
 * Puts the content of each file in the place of its setting; one line end at the end of a file does not count.
 * @returns the environment without `…_FILE`, the files by their settings, and what is wrong: no fault holds a secret.
 */
export function withSecretFiles(environment: Environment): {
  present: Environment;
  files: Readonly<Record<string, string>>;
  faults: string[];
} {
  const present: Record<string, string> = { ...environment };
  const files: Record<string, string> = {};
  const faults: string[] = [];
  for (const name of secretSettings) {
    const key = `${name}_FILE`;
    const path = present[key];
    if (path === undefined) continue;
    delete present[key];
    files[name] = path;
    if (present[name] !== undefined) {
      faults.push(`${key}: ${name} is set too; give one of them`);
      continue;
    }
    try {
      const content = readFileSync(path);
      if (content.byteLength > largestBytes) faults.push(`${key}: ${path} has more than 1 MiB; that is no secret`);
      else if (content.byteLength === 0) faults.push(`${key}: ${path} is empty; write the secret into it`);
      else present[name] = content.toString('utf8').replace(/\r?\n$/, '');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'failed';
      faults.push(`${key}: ${path} cannot be read (${code}); mount it, and let the user of this process read it`);
    }
  }
  return { present, files, faults };
}
