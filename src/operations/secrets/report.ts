/** Which secrets are set, how old they are, and how far a rotation is; never what one is. */
import { stat } from 'node:fs/promises';
import type { Settings } from '../../config.ts';
import type { Rotation } from '../../identity/rotation.ts';
import { secretSettings } from '../../secret-files.ts';
import { knownSecret } from './catalogue.ts';

export interface ReportedSecret {
  name: string;
  kind: 'own' | 'foreign';
  protects: string;
  source: 'file' | 'environment';
  /** When it, or its file, changed last; `null` where nothing tells. */
  changedAt: Date | null;
}

export interface SecretReport {
  secrets: ReportedSecret[];
  /** `null` where no rotation of `TIMONEL_SECRET` is under way. */
  rotation: RotationState | null;
}

export interface RotationState {
  /** `next`: the new one is accepted and does not sign yet. `previous`: it signs, and the one before is accepted. */
  accepts: 'next' | 'previous';
  since: Date | null;
  /** Texts that are still sealed with the one before; `null` where no process was asked. */
  sealedBefore: number | null;
}

export type SecretSettings = Pick<Settings, 'secrets' | 'secretSources'>;

/** @param rotation of a running process */
export async function reportSecrets(settings: SecretSettings, rotation: Rotation | undefined): Promise<SecretReport> {
  return { secrets: await agesOf(settings), rotation: await stateOf(settings.secrets, rotation) };
}

/** Secret settings that are set. */
export async function agesOf({ secrets, secretSources }: SecretSettings): Promise<ReportedSecret[]> {
  const set = secretSettings.filter((name) => secretSources[name] !== undefined);
  return Promise.all(
    set.map(async (name): Promise<ReportedSecret> => {
      const file = secretSources[name] ?? null;
      const known = knownSecret(name);
      const written =
        file === null
          ? null
          : await stat(file).then(
              ({ mtime }) => mtime,
              () => null,
            );
      return {
        name,
        kind: known?.kind ?? 'own',
        protects: known?.protects ?? 'what the secret before signed and sealed',
        source: file === null ? 'environment' : 'file',
        changedAt: name === 'TIMONEL_SECRET' ? (secrets.madeAt ?? written) : written,
      };
    }),
  );
}

async function stateOf(secrets: Settings['secrets'], rotation: Rotation | undefined): Promise<RotationState | null> {
  const { next, previous, previousSince } = secrets;
  if (next === undefined && previous === undefined) return null;
  return {
    accepts: next === undefined ? 'previous' : 'next',
    since: previousSince ?? null,
    sealedBefore: rotation === undefined ? null : await rotation.sealedBefore(),
  };
}
