/** Numbers as they stand in the reasons of a judgement. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function percent(rate: number | undefined): string {
  return rate === undefined || Number.isNaN(rate) ? 'none' : `${Number((rate * 100).toPrecision(2))} %`;
}

export function amount(count: number): string {
  return whole.format(count);
}

export function dollarsText(dollars: number | undefined): string {
  return dollars === undefined ? 'unknown' : `$${Number(dollars.toPrecision(2))}`;
}

/** An e-value by its natural logarithm, as odds. */
export function toOne(logarithm: number): string {
  if (logarithm > Math.log(1e6)) return 'more than 1,000,000 to 1';
  if (logarithm < Math.log(0.01)) return 'less than 0.01 to 1';
  const odds = Math.exp(logarithm);
  return `${odds >= 10 ? amount(odds) : Number(odds.toPrecision(2))} to 1`;
}
