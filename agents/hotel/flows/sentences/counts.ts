/** Nights and guests in words. */
type Language = 'es' | 'en';

export const nights = (count: number, language: Language): string =>
  language === 'es' ? `${count} ${count === 1 ? 'noche' : 'noches'}` : `${count} ${count === 1 ? 'night' : 'nights'}`;

/** "2 adultos y 2 menores (4 y 9 años)". */
export function guests(adults: number, ages: readonly number[], language: Language): string {
  const es = language === 'es';
  const grown = es ? `${adults} ${adults === 1 ? 'adulto' : 'adultos'}` : `${adults} ${adults === 1 ? 'adult' : 'adults'}`;
  if (ages.length === 0) return grown;
  const years = ages.length === 1 ? `${ages[0]}` : `${ages.slice(0, -1).join(', ')} ${es ? 'y' : 'and'} ${ages.at(-1)}`;
  const minors = es
    ? `${ages.length} ${ages.length === 1 ? 'menor' : 'menores'}`
    : `${ages.length} ${ages.length === 1 ? 'child' : 'children'}`;
  return es ? `${grown} y ${minors} (${years} ${years === '1' ? 'año' : 'años'})` : `${grown} and ${minors} (${years})`;
}

/** `HH:MM` of a local moment. */
export const clockOf = (moment: string): string => moment.slice(11, 16);
