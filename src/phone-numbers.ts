/**
 * Whether two phone numbers are the same one, as people write them.
 *
 * Argentine mobile numbers have many spellings: +54 9 351 234-5678, 0351 15 234-5678, 351 2345678, 15 234-5678. The 9 stands after
 * the country code only, the 15 after the area code only, the 0 before it in domestic calls only. Source: ITU-T E.164 numbering plan
 * of Argentina.
 */
/** Fewer digits in common prove nothing. */
const leastDigits = 8;

interface Phone {
  /** Digits that tell this number: national where the country is Argentina or not known. */
  digits: string;
  /** True where the country is known, so that a different country is a different number. */
  international: boolean;
}

function readPhone(text: string): Phone {
  let digits = text.replace(/\D/g, '');
  let international = text.trim().startsWith('+');
  if (digits.startsWith('00')) {
    digits = digits.slice(2);
    international = true;
  }
  const argentine = digits.startsWith('54') && (international || digits.length >= 12);
  if (international && !argentine) return { digits, international: true };
  if (argentine) digits = digits.slice(2).replace(/^9(?=\d{10}$)/, '');
  digits = digits.replace(/^0/, '');
  if (digits.length === 12) digits = withoutFifteen(digits);
  else if (/^15\d{6,8}$/.test(digits)) digits = digits.slice(2);
  return { digits: digits.replace(/^9(?=\d{10}$)/, ''), international: false };
}

/** Area codes have two (only 11), three or four digits; the 15 follows them. */
function withoutFifteen(digits: string): string {
  for (const area of digits.startsWith('11') ? [2] : [3, 4]) {
    if (digits.slice(area, area + 2) === '15') return digits.slice(0, area) + digits.slice(area + 2);
  }
  return digits;
}

/** What numbers that may be the same have in common: an index key, decided by {@link samePhone}. */
export function phoneKey(phone: string): string {
  return readPhone(phone).digits.slice(-leastDigits);
}

/** True when both are the same number, one of them perhaps without its area or country code. */
export function samePhone(one: string, other: string): boolean {
  const first = readPhone(one);
  const second = readPhone(other);
  if (first.digits === second.digits) return first.digits.length > 0;
  if (first.international && second.international) return false;
  const [shorter, longer] = first.digits.length <= second.digits.length ? [first, second] : [second, first];
  // A foreign number given in full never ends like a complete domestic one by anything but accident.
  if (longer.international && shorter.digits.length === 10 && longer.digits.length > 11) return false;
  return shorter.digits.length >= leastDigits && longer.digits.endsWith(shorter.digits);
}
