/** Which of the things that the last reply named the customer means: "el primero", "la segunda", "el último", "2". */

const ordinals: readonly RegExp[] = [
  /\b(primer|primero|primera|1ro|1ra|1ero|first|1st)\b/,
  /\b(segundo|segunda|2do|2da|second|2nd)\b/,
  /\b(tercer|tercero|tercera|3ro|3ra|third|3rd)\b/,
  /\b(cuarto|cuarta|4to|4ta|fourth|4th)\b/,
  /\b(quinto|quinta|5to|5ta|fifth|5th)\b/,
  /\b(sexto|sexta|6to|6ta|sixth|6th)\b/,
];
const last = /\b(ultimo|ultima|last( one)?)\b/;
const this_ =
  /\b(ese|esa|eso|este|esta|that( one)?|this one|me sirve|me va|me queda bien|esta bien|dale|listo|joya|perfecto|de una|sounds good|works|that's fine|fine|great|perfect)\b/;
const any =
  /\b(cualquiera|el que sea|la que sea|cualquier(a)? (de esos|de esas|horario|hora)|me da (igual|lo mismo)|da igual|indistinto|any( of (them|those|these))?|whichever|either)\b/;

/** Index of the chosen one among `count` things; undefined where the text does not choose. */
export function pickIndex(folded: string, count: number, options: { numbered: boolean }): number | undefined {
  if (count === 0) return undefined;
  if (last.test(folded)) return count - 1;
  const ordinal = ordinals.findIndex((expression) => expression.test(folded));
  if (ordinal >= 0 && ordinal < count) return ordinal;
  if (options.numbered) {
    const number = /^\D{0,12}?\b([1-9])\b\D{0,10}$/.exec(folded)?.[1];
    if (number !== undefined && Number(number) <= count) return Number(number) - 1;
  }
  if (any.test(folded)) return 0;
  if (count === 1 && this_.test(folded)) return 0;
  return undefined;
}
