import { TimonelError } from '../errors.ts';
import type { Principal } from './principal.ts';

/**
 * The workspace whose operators run the installation: what all workspaces share (breakers, the health of providers, figures and alerts of
 * processes) is shown to its people only, and changed by them only.
 */
export const installationWorkspace = 'default';

/** Whether somebody may see and change what all workspaces share. What they may do with it their permissions say, as everywhere. */
export function installationOperator(principal: Pick<Principal, 'workspaceId' | 'permissions'>): boolean {
  return principal.workspaceId === installationWorkspace && principal.permissions.has('operations:read');
}

/** Whether somebody may make workspaces, and give them their first owner. */
export function managesWorkspaces(principal: Pick<Principal, 'workspaceId' | 'permissions'>): boolean {
  return installationOperator(principal) && principal.permissions.has('workspace:manage');
}

/** @throws TimonelError `forbidden` */
export function requireInstallationOperator(principal: Principal): void {
  if (installationOperator(principal)) return;
  throw new TimonelError(
    'forbidden',
    `This belongs to the installation, which all workspaces share. It takes somebody with the permission "operations:read" in the workspace "${installationWorkspace}".`,
    { details: { workspace: installationWorkspace } },
  );
}
