/** Stands for the system of the library's office, which Timonel knows nothing of: replace it with calls of its API. */
export const waived = new Map<string, number>();

export const office = {
  /** The system takes a key: the same one again changes nothing. */
  waiveFee: async (key: string, _card: string, amount: number) => void waived.set(key, amount),
  waivedWithKey: async (key: string) => waived.get(key),
};
