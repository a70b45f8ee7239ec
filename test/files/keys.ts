import { generateKeyPairSync } from 'node:crypto';

/** A private key as a file has it. */
export function privateKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
