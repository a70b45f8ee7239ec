import { foldText } from '../../../src/dialogue.ts';

/** Subjects that no exercise of programming is about, unless its own words say so. */
const subjects =
  /\b(?:capital de|presidente|mundial|futbol|partido|clima|llueve|llover|que (?:hora|dia) (?:es|son)|chistes?|peliculas?|series?|cancion(?:es)?|musica|recetas?|cocinar|horoscopo|novi[oa]s?|dolar|noticias|politica|elecciones|religion|signo|tu (?:edad|familia|color|comida)|(?:que|cual) (?:te gusta|es tu \w+ favorit[oa])|capital of|president|world cup|football|soccer|weather|raining|what (?:time|day) is it|jokes?|movies?|songs?|music|recipes?|cook|horoscope|girlfriend|boyfriend|news|politics|your favou?rite)\b/;
const ofWork =
  /\b(?:test|codigo|code|funcion|function|error|linea|line|ejercicio|exercise|programa|program|lista|list|pista|hint|variable|return|consigna|input)\w*/;

/** A question about something else: a capital, the weather, a joke. What could be about the work is not one. */
export function isOffTopic(words: string, exercise: { title: string; statement: string; starterCode: string }): boolean {
  const folded = foldText(words);
  const subject = folded.length > 200 || ofWork.test(folded) ? undefined : subjects.exec(folded)?.[0];
  return subject !== undefined && !foldText(`${exercise.title} ${exercise.statement} ${exercise.starterCode}`).includes(subject);
}
