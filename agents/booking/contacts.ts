import { newConfirmationCode } from '../../src/index.ts';

/** Code of an appointment. */
export const newCode = () => newConfirmationCode(6);
