/** The sample salon on a real store, with a clock that stands still: what the tests of the tools call. */
import { randomUUID } from 'node:crypto';
import { openToolWorkspace, type Rows, type ToolWorkspace } from '../../../test/tool-workspace.ts';
import { sample } from '../seed.ts';

/** Thursday, 19 November 2026, noon in Córdoba. */
export const noon = new Date('2026-11-19T12:00:00-03:00');

export type Salon = ToolWorkspace;

/** A workspace with the sample data. */
export function openSalon(rows: Rows, workspaceId = `salon-${randomUUID().slice(0, 8)}`): Promise<Salon> {
  return openToolWorkspace(rows, { agent: 'booking', timeZone: 'America/Argentina/Cordoba', now: noon, sample, workspaceId });
}
