import { failedClaims } from '../../src/index.ts';

/** Claims to appointments by a contact and a name that were not believed. */
export const failedClaimsToAppointments = failedClaims('booking_failed_claims');
