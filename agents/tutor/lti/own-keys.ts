/** Our own keys: published a day before they sign, and for a month after their successors do. */
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { sql } from '../../../src/database.ts';
import type { Database, ReachesOutside, WorkspaceAccess } from '../../../src/index.ts';

type Place = Pick<WorkspaceAccess, 'workspaceId' | 'now' | 'newId' | 'query'> & Pick<ReachesOutside, 'secrets'>;

interface OwnKey extends Record<string, unknown> {
  id: string;
  private_key: string;
  created_at: string;
}

const dayMs = 86_400_000;
/** Platforms keep our keys for some hours: a new one is shown to them first. */
const announcedMs = dayMs;
const lastsMs = 90 * dayMs;
const shownAfterMs = 30 * dayMs;

/** Signs as this tool. A key is made where there is none yet. */
export async function sign(place: Place, payload: JWTPayload, { seconds }: { seconds: number }): Promise<string> {
  const at = Math.floor(place.now().getTime() / 1000);
  const { id, key } = await signingKey(place);
  return new SignJWT({ ...payload, jti: place.newId() })
    .setProtectedHeader({ alg: 'RS256', kid: id, typ: 'JWT' })
    .setIssuedAt(at)
    .setExpirationTime(at + seconds)
    .sign(key);
}

export async function publicKeys(place: Place): Promise<JWK[]> {
  const list = () =>
    place.query((database) =>
      database.execute<{ public_key: JWK }>(sql`
        SELECT public_key FROM tutor_lti_keys WHERE workspace_id = ${place.workspaceId} ORDER BY created_at DESC, id LIMIT 20`),
    );
  const { rows } = await list();
  if (rows.length > 0) return rows.map(({ public_key }) => public_key);
  await makeKey(place, { only: true });
  return (await list()).rows.map(({ public_key }) => public_key);
}

async function signingKey(place: Place): Promise<{ id: string; key: Awaited<ReturnType<typeof importJWK>> }> {
  for (let time = 0; time < 2; time += 1) {
    const keys = await place.query((database) => keysIn(database, place));
    const announced = place.now().getTime() - announcedMs;
    // The newest that platforms had time to see; before the first day is over, the first one.
    const chosen = keys.find(({ created_at }) => new Date(created_at).getTime() <= announced) ?? keys.at(-1);
    if (chosen !== undefined) return { id: chosen.id, key: await opened(place, chosen) };
    await makeKey(place, { only: true });
  }
  throw new Error('A key of this tool was made and is not there.');
}

async function opened({ secrets }: Place, { id, private_key }: OwnKey) {
  try {
    return await importJWK(JSON.parse(secrets.open(private_key, id)) as JWK, 'RS256');
  } catch (error) {
    throw new Error(
      'The key of this tool cannot be opened. Make another one: timonel tutor lti-new-key \'{"compromised": true}\'',
      {
        cause: error,
      },
    );
  }
}

/** The newest first. */
async function keysIn(database: Database, { workspaceId }: Place): Promise<OwnKey[]> {
  const { rows } = await database.execute<OwnKey>(sql`
    SELECT id, private_key, created_at::text AS created_at FROM tutor_lti_keys WHERE workspace_id = ${workspaceId}
    ORDER BY created_at DESC, id DESC LIMIT 20`);
  return rows;
}

/** @param only where there is none: two that find none make one */
async function makeKey(place: Place, { only }: { only: boolean }): Promise<void> {
  const { workspaceId, secrets, now } = place;
  const { privateKey, publicKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const id = place.newId();
  const sealed = secrets.seal(JSON.stringify(await exportJWK(privateKey)), id);
  const shown = { ...(await exportJWK(publicKey)), kid: id, alg: 'RS256', use: 'sig' };
  await place.query(async (database) => {
    // Held to the end of the transaction.
    await database.execute(sql`SELECT pg_advisory_xact_lock(hashtext(${`tutor_lti_keys ${workspaceId}`}))`);
    if (only && (await keysIn(database, place)).length > 0) return;
    await database.execute(sql`
      INSERT INTO tutor_lti_keys (workspace_id, id, private_key, public_key, created_at)
      VALUES (${workspaceId}, ${id}, ${sealed}, ${JSON.stringify(shown)}::jsonb, ${now().toISOString()}::timestamptz)`);
  });
}

/** Makes a key at once. @param compromised the others are taken back now, and platforms have to fetch the new one */
export async function newKey(place: Place, { compromised }: { compromised: boolean }): Promise<void> {
  await makeKey(place, { only: false });
  if (!compromised) return;
  await place.query(async (database) => {
    const [newest] = await keysIn(database, place);
    await database.execute(
      sql`DELETE FROM tutor_lti_keys WHERE workspace_id = ${place.workspaceId} AND id <> ${newest?.id ?? null}::uuid`,
    );
  });
}

/** Daily: makes the next key in time, and takes old ones back. */
export async function tendKeys(place: Place): Promise<void> {
  const { workspaceId } = place;
  const at = place.now().getTime();
  const keys = await place.query((database) => keysIn(database, place));
  const [newest] = keys;
  if (newest === undefined) return;
  const age = ({ created_at }: OwnKey) => at - new Date(created_at).getTime();
  if (age(newest) >= lastsMs) await makeKey(place, { only: false });
  // Those whose successor has signed for a month.
  const gone = keys.filter(
    (_key, position) => keys[position - 1] !== undefined && age(keys[position - 1] as OwnKey) > announcedMs + shownAfterMs,
  );
  for (const { id } of gone) {
    await place.query((database) =>
      database.execute(sql`DELETE FROM tutor_lti_keys WHERE workspace_id = ${workspaceId} AND id = ${id}`),
    );
  }
}
