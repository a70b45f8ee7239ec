/** Error codes of the Cloud API by what to do about them. Source: Meta's table of error codes, and reports of those who run it. */
import type { ProviderError, Remedy } from '../contract.ts';

const byRemedy: Readonly<Record<Exclude<Remedy, 'wrong'>, readonly number[]>> = {
  wait: [4, 130429, 131056, 80007, 131000, 131016, 131057, 133004, 1, 2],
  template: [131047],
  stop: [131026, 131030, 131021, 131050, 131049, 130472],
  account: [190, 131031, 131042, 131045, 131048, 368, 10, 0, 3, 200, 133010],
};

const remedies = new Map(
  Object.entries(byRemedy).flatMap(([remedy, codes]) => codes.map((code) => [String(code), remedy as Remedy] as const)),
);

/** What is in no row is wrong: sending it again would not help, and a person sees it in the list. */
export function whatsappRemedy({ code }: ProviderError): Remedy {
  return remedies.get(code) ?? 'wrong';
}
