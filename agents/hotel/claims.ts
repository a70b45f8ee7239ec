import { failedClaims } from '../../src/index.ts';

/** Claims to stays by a contact and a name that were not believed. */
export const failedClaimsToStays = failedClaims('hotel_failed_claims');
