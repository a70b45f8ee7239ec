/** Lower case without accents and apostrophes; letters said three times or more ("holaaa") once. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’´`]/g, '')
    .replace(/([a-z])\1{2,}/g, '$1');
}
