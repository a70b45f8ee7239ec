/** Which reservation system speaks for a hotel: the one that is built in, or that of somebody else behind our own holds. */
import type { ReachesOutside, WorkspaceAccess } from '../../src/index.ts';
import type { House } from './house.ts';
import { type Pms, PmsDown } from './pms/contract.ts';
import { embeddedPms } from './pms/embedded/embedded.ts';
import { apaleo } from './pms/foreign/apaleo.ts';
import { cloudbeds } from './pms/foreign/cloudbeds.ts';
import type { ForeignSystem, OpenForeign } from './pms/foreign/contract.ts';
import { frontedPms } from './pms/foreign/front.ts';
import { qloApps } from './pms/foreign/qloapps.ts';
import { defaultWriteSeconds, openWire } from './pms/foreign/wire.ts';

/** Where a call is made. */
export interface PmsPlace {
  access: WorkspaceAccess & ReachesOutside;
  house: House;
  /** Absent for the desk. */
  conversationId: string | undefined;
  /** Id of the offer of ours that it is about. */
  offerRef?: string | undefined;
}

/** Adapters that a project brings beside those that are here, by the name that hotels have in their system's `kind`. */
export type PmsSystems = Readonly<Record<string, OpenForeign>>;

export const bundledSystems: PmsSystems = { apaleo, cloudbeds, qloapps: qloApps };

/** @throws PmsDown where there is no adapter of that name, or its secret cannot be opened */
export function foreignFor(systems: PmsSystems, { access, house }: Pick<PmsPlace, 'access' | 'house'>): ForeignSystem | undefined {
  const { system } = house;
  if (system === null) return undefined;
  const known = { ...bundledSystems, ...systems };
  const open = known[system.kind];
  if (open === undefined)
    throw new PmsDown(`The hotel "${house.name}" is kept by "${system.kind}". There are: ${Object.keys(known).join(', ')}.`);
  const { id, url, property, settings, secret, version } = system;
  let opened: string;
  try {
    opened = secret === '' ? '' : access.secrets.open(secret, id);
  } catch (error) {
    throw new PmsDown(`The credentials of the hotel "${house.name}" cannot be opened. Enter them again.`, { cause: error });
  }
  const name = `${access.workspaceId} ${id} ${version}`;
  const wire = openWire({
    outside: access.outside,
    name,
    url,
    writeSeconds: Number(settings['writeSeconds'] ?? defaultWriteSeconds),
  });
  return open({ url, property, settings, secret: opened, currency: house.currency, wire });
}

/** @throws PmsDown */
export function pmsFor(systems: PmsSystems, place: PmsPlace): Pms {
  const { access, house, conversationId, offerRef } = place;
  const booking = { access, house, conversationId, offerRef, source: conversationId === undefined ? 'desk' : 'agent' } as const;
  const foreign = foreignFor(systems, place);
  return foreign === undefined ? embeddedPms(booking) : frontedPms(booking, foreign);
}
