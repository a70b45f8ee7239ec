/** The sample hotel on a real store, with a clock that stands still: what the tests of the tools call. */
import { randomUUID } from 'node:crypto';
import { openToolWorkspace, type Rows, type ToolWorkspace } from '../../../test/tool-workspace.ts';
import { sample } from '../seed.ts';

/** Thursday, 19 November 2026, noon in Mar del Plata. */
export const noon = new Date('2026-11-19T12:00:00-03:00');

export type TestHotel = ToolWorkspace;

/** A workspace with the sample data. */
export function openHotel(rows: Rows, workspaceId = `hotel-${randomUUID().slice(0, 8)}`): Promise<TestHotel> {
  return openToolWorkspace(rows, { agent: 'hotel', timeZone: 'America/Argentina/Buenos_Aires', now: noon, sample, workspaceId });
}
