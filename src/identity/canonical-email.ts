/** Addresses are the same in any case; nobody has two that differ in it. */
export function canonicalEmail(email: string): string {
  return email.trim().toLowerCase();
}
