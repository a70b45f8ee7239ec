/** Settings of backups: where they go, when they are taken, and which are kept. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { flag, url } from './setting-values.ts';

/** Where backups go, and when. */
export interface BackupSettings {
  /** Folder of the files, where there is no bucket. */
  folder: string;
  /** A bucket instead of the folder. */
  s3: BackupBucket | undefined;
  /** When one is taken by itself (UTC); never where absent. */
  cron: string | undefined;
  /** Whether there have to be some: they are taken by this process, or by another program into a place that was named. */
  expected: boolean;
  /** Public key of age that files are encrypted for. */
  recipient: string | undefined;
  /** File with the private key of age: to verify encrypted files. */
  identityFile: string | undefined;
  keep: Keep;
}

export interface BackupBucket {
  /** Address of the bucket, with a prefix perhaps: https://s3.example.com/bucket/prefix */
  url: string;
  region: string;
  keyId: string;
  secret: string;
  /** The first part of the path is the bucket; otherwise the host names it. */
  pathStyle: boolean;
}

/** How many backups are kept: the newest of each of the last days, weeks and months that have one. */
export interface Keep {
  days: number;
  weeks: number;
  months: number;
}

export const backupShape = {
  TIMONEL_BACKUP_FOLDER: z.string().min(1).optional(),
  TIMONEL_BACKUP_S3_URL: url(['http:', 'https:']).optional(),
  TIMONEL_BACKUP_S3_REGION: z.string().min(1).default('us-east-1'),
  TIMONEL_BACKUP_S3_PATH_STYLE: flag(true),
  TIMONEL_BACKUP_S3_KEY_ID: z.string().min(1).optional(),
  TIMONEL_BACKUP_S3_SECRET: z.string().min(1).optional(),
  TIMONEL_BACKUP_CRON: z.string().min(1).optional(),
  TIMONEL_BACKUP_RECIPIENT: z
    .string()
    .regex(/^age1[a-z0-9-]+$/, 'must be the public key of age that `age-keygen` prints; it begins with age1')
    .optional(),
  TIMONEL_BACKUP_IDENTITY_FILE: z.string().min(1).optional(),
  TIMONEL_BACKUP_KEEP: z
    .string()
    .default('7d,4w,12m')
    .transform(readKeep)
    .refine((keep) => keep !== undefined, 'must be numbers of days, weeks and months, e.g. 7d,4w,12m'),
};

export function backupsOf(env: z.infer<z.ZodObject<typeof backupShape>> & { TIMONEL_HOME: string }): BackupSettings {
  const { TIMONEL_BACKUP_S3_URL: bucket, TIMONEL_BACKUP_S3_KEY_ID: keyId, TIMONEL_BACKUP_S3_SECRET: secret } = env;
  const complete = bucket !== undefined && keyId !== undefined && secret !== undefined;
  return {
    folder: resolve(env.TIMONEL_BACKUP_FOLDER ?? join(env.TIMONEL_HOME, 'backups')),
    s3: complete
      ? {
          url: bucket,
          region: env.TIMONEL_BACKUP_S3_REGION,
          keyId,
          secret,
          pathStyle: env.TIMONEL_BACKUP_S3_PATH_STYLE,
        }
      : undefined,
    cron: env.TIMONEL_BACKUP_CRON,
    expected: env.TIMONEL_BACKUP_CRON !== undefined || env.TIMONEL_BACKUP_FOLDER !== undefined || complete,
    recipient: env.TIMONEL_BACKUP_RECIPIENT,
    identityFile: env.TIMONEL_BACKUP_IDENTITY_FILE,
    keep: env.TIMONEL_BACKUP_KEEP as Keep,
  };
}

/** `7d,4w,12m`. @returns `undefined` where the text is none of that form. */
function readKeep(text: string): Keep | undefined {
  const keep = { days: 0, weeks: 0, months: 0 };
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,3})([dwm])\s*$/.exec(part);
    if (match === null) return undefined;
    keep[match[2] === 'd' ? 'days' : match[2] === 'w' ? 'weeks' : 'months'] = Number(match[1]);
  }
  return keep.days + keep.weeks + keep.months === 0 ? undefined : keep;
}
