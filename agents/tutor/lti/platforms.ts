/** Which platforms and deployments a workspace trusts. */
import { sql } from '../../../src/database.ts';
import type { Database } from '../../../src/index.ts';
import type { Platform } from './contract.ts';

type Workspace = { workspaceId: string };

const columns = sql`p.id, p.name, p.issuer, p.client_id AS "clientId", p.authorization_url AS "authorizationUrl", p.token_url AS "tokenUrl",
  p.jwks_url AS "jwksUrl", p.token_audience AS "tokenAudience", p.version`;

/** By what a platform says of itself as it begins a launch; without a client, the only platform of that issuer. */
export async function platformOf(
  database: Database,
  { workspaceId }: Workspace,
  { issuer, clientId }: { issuer: string; clientId: string | undefined },
): Promise<Platform | undefined> {
  const { rows } = await database.execute<Platform & Record<string, unknown>>(sql`
    SELECT ${columns} FROM tutor_lti_platforms p WHERE p.workspace_id = ${workspaceId} AND p.issuer = ${issuer} AND p.active
      AND (${clientId ?? null}::text IS NULL OR p.client_id = ${clientId ?? null}) ORDER BY p.id LIMIT 2`);
  return rows.length === 1 ? rows[0] : undefined;
}

export async function platformById(database: Database, { workspaceId }: Workspace, id: string): Promise<Platform | undefined> {
  const { rows } = await database.execute<Platform & Record<string, unknown>>(sql`
    SELECT ${columns} FROM tutor_lti_platforms p WHERE p.workspace_id = ${workspaceId} AND p.id = ${id}::uuid AND p.active`);
  return rows[0];
}

/** A deployment by the platform's own name for it. */
export async function deploymentOf(
  database: Database,
  { workspaceId }: Workspace,
  { platformId, deployment }: { platformId: string; deployment: string },
): Promise<string | undefined> {
  const { rows } = await database.execute<{ id: string }>(sql`
    SELECT id FROM tutor_lti_deployments WHERE workspace_id = ${workspaceId} AND platform_id = ${platformId}::uuid
      AND deployment = ${deployment} AND active`);
  return rows[0]?.id;
}

/** What the platform calls a deployment. */
export async function deploymentNameOf(database: Database, { workspaceId }: Workspace, id: string): Promise<string | undefined> {
  const { rows } = await database.execute<{ deployment: string }>(sql`
    SELECT deployment FROM tutor_lti_deployments WHERE workspace_id = ${workspaceId} AND id = ${id}::uuid AND active`);
  return rows[0]?.deployment;
}
