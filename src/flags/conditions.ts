/** Conditions on who gets something, of releases and of flags alike. */

export interface FlagCondition {
  attribute: string;
  in?: readonly (string | number | boolean)[] | undefined;
  notIn?: readonly (string | number | boolean)[] | undefined;
}

export type Attributes = Readonly<Record<string, unknown>>;

/** Compared as texts, so that `5` and `"5"` are the same. What is not known, and what is no plain value, is neither in nor out. */
export function holds({ attribute, in: allowed, notIn }: FlagCondition, attributes: Attributes): boolean {
  const value = attributeOf(attribute, attributes);
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return false;
  const among = (list: FlagCondition['in']) => list?.some((each) => String(each) === String(value));
  return allowed === undefined ? among(notIn) === false : among(allowed) === true;
}

export function attributeOf(attribute: string, attributes: Attributes): unknown {
  return Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
}
