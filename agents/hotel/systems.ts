/** Which reservation system speaks for a hotel: the one that is built in, or one that the project configures. */
import type { WorkspaceAccess } from '../../src/index.ts';
import type { House } from './house.ts';
import { type Pms, PmsDown } from './pms/contract.ts';
import { embeddedPms } from './pms/embedded/embedded.ts';

/** Where a call is made. */
export interface PmsPlace {
  access: WorkspaceAccess;
  house: House;
  /** Absent for the desk. */
  conversationId: string | undefined;
  /** Id of the offer of ours that it is about. */
  offerRef?: string | undefined;
}

/** Opens the system of a hotel. Kept for as long as the process lives: it has the breaker and the limits of its hotel. */
export type PmsSystem = (place: PmsPlace) => Pms;

/** Systems by the name that hotels have in `system`. */
export type PmsSystems = Readonly<Record<string, PmsSystem>>;

/** @throws PmsDown where the project configures no system of that name */
export function pmsFor(systems: PmsSystems, place: PmsPlace): Pms {
  const { house, conversationId } = place;
  if (house.system === null) return embeddedPms({ ...place, source: conversationId === undefined ? 'desk' : 'agent' });
  const system = systems[house.system];
  if (system === undefined)
    throw new PmsDown(
      `The hotel "${house.name}" is kept by the system "${house.system}", which the project does not configure. Name it in hotelAgent({ systems }).`,
    );
  return system(place);
}
