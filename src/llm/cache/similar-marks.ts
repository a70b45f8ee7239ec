/**
 * What in a question changes its answer although the question stays similar: "para 2" and "para 3", "con perro" and "sin perro" lie next
 * to each other in every space of embeddings. Spanish and English.
 */

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Numbers in words. One and "un, una" are left out: they are articles, too, and differ from every other number all the same. */
const numbers = words(
  'cero dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte veintiun treinta cuarenta cincuenta sesenta setenta ' +
    'ochenta noventa cien ciento cientos quinientos quinientas setecientos setecientas novecientos novecientas mil miles millon millones ' +
    'primer primero primera segundo segunda tercer tercero tercera cuarto cuarta quinto quinta sexto sexta septimo septima octavo octava noveno ' +
    'novena decimo decima ultimo ultima medio media doble triple docena par ambos ambas ' +
    'zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty ' +
    'thirty forty fifty sixty seventy eighty ninety hundred thousand million first second third fourth fifth sixth seventh eighth ninth tenth ' +
    'last half quarter double twice once dozen couple both',
);
const compoundNumber = /^(dieci|veinti|(dos|tres|cuatro|seis|ocho)cient)\p{L}+$/u;

/** Days, months, parts of the day, and what moves them. */
const times = words(
  'hoy manana ayer anteayer anoche tarde noche madrugada mediodia medianoche lunes martes miercoles jueves viernes sabado sabados domingo ' +
    'domingos finde semana semanas dia dias mes meses ano anos horas minuto minutos quincena enero febrero marzo abril mayo junio julio agosto ' +
    'septiembre setiembre octubre noviembre diciembre proximo proxima siguiente pasado pasada viene ahora luego siempre verano otono invierno ' +
    'primavera navidad pascua ' +
    'today tomorrow yesterday tonight morning afternoon evening night noon midnight monday tuesday wednesday thursday friday saturday sunday ' +
    'mondays tuesdays wednesdays thursdays fridays saturdays sundays weekend week weeks day days month months year years hours minute ' +
    'minutes january february march april may june july august september october november december next previous now later always summer autumn ' +
    'winter spring christmas easter am pm',
);

/** Currencies and units: an amount is another one in another of them. */
const units = words(
  'euro euros dolar dolares peso pesos libra libras yen yenes usd eur gbp mxn ars clp cop kilo kilos kg gramo gramos litro litros metro metros km ' +
    'kilometro kilometros milla millas dollar dollars pound pounds cent cents centimo centimos centavo centavos mile miles meter meters feet',
);

/** What turns the sense of the words beside it, or says of how many they hold. */
const turns = words(
  'antes despues hasta desde mas menos mayor menor maximo minimo solo solamente contra todo toda todos todas cada mucho mucha muchos muchas ' +
    'poco poca pocos pocas ' +
    'before after until since more less fewer over under above below most least only against all every each much many few',
);

const negations = words(
  'no nunca jamas sin ni nada nadie ningun ninguno ninguna ningunos ningunas tampoco excepto salvo imposible ' +
    'not never without none nobody nothing neither nor cannot cant dont doesnt didnt isnt arent wasnt werent wont wouldnt shouldnt couldnt hasnt ' +
    'havent hadnt mustnt neednt mightnt aint except unless impossible',
);

/** Stand between a negation and what it negates, and say nothing. */
const articles = words('el la los las un una unos unas lo al del de the a an any');

const currency = /[€$£¥%]/gu;
const email = /[^\s@<>"']+@[^\s@<>"']+\.[^\s@<>"'.,;:!?)]+/gu;
const address = /\bhttps?:\/\/\S+/giu;
const quoted = /"([^"]+)"|“([^”]+)”|«([^»]+)»|‘([^’]+)’|(?<![\p{L}\p{N}])'([^']+)'(?![\p{L}\p{N}])/gu;
/** Around a number in a text: brackets, questions, currencies. A sign before it stays. */
const around = /^[^\p{L}\p{N}+-]+|[^\p{L}\p{N}]+$/gu;
/** Within a sentence a capital is a name, and so it is after "Sr." or "Mrs.". */
const name = /(?<=[\p{L}\p{N},;:)] +|(?<!\p{L})\p{L}{1,3}\. +)\p{Lu}[\p{L}\p{M}]+/gu;

/**
 * The marks of a text, to be compared as they are: two texts whose marks differ are never the same question. Each kind in its own order, so
 * that "2 el viernes" and "el viernes para 2" are alike, and "de 3 a 5" and "de 5 a 3" are not.
 */
export function marksOf(text: string): string {
  const composed = text.normalize('NFC');
  const plain = withoutAccents(composed.replace(/['’](?=\p{L})/gu, ''));
  const all = plain.match(/[\p{L}\p{M}]+/gu) ?? [];
  const those = (kind: ReadonlySet<string>) => all.filter((word) => kind.has(word));
  return JSON.stringify([
    withDigits(composed),
    all.filter((word) => numbers.has(word) || compoundNumber.test(word)),
    those(times),
    [...(composed.match(currency) ?? []), ...those(units)],
    those(turns),
    negated(all),
    composed.match(email)?.map(withoutAccents) ?? [],
    composed.match(address) ?? [],
    [...composed.matchAll(quoted)].map((match) => withoutAccents(match.slice(1).find((inner) => inner !== undefined) ?? '')),
    composed.match(name)?.map(withoutAccents) ?? [],
  ]);
}

/** Numbers as they are written, with their point, colon or stroke; codes, too. */
function withDigits(text: string): string[] {
  return text.split(/\s+/).flatMap((word) => (/\p{N}/u.test(word) ? [withoutAccents(word.replace(around, ''))] : []));
}

/** Each negation with the two words that it is about: "no quiero desayuno" is not "no quiero cena". */
function negated(all: readonly string[]): string[] {
  return all.flatMap((word, at) => {
    if (!negations.has(word)) return [];
    const about = all.slice(at + 1).filter((next) => !articles.has(next));
    return [[word, ...about.slice(0, 2)].join(' ')];
  });
}

/** For comparison: in small letters, without accents. */
function withoutAccents(text: string): string {
  return text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
}
