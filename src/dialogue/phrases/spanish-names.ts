/** Names of things within a Spanish sentence. Catalogues write them as titles: "Masaje de pies". */

const feminine = /(a|ción|sión|dad|tud)$/;
const masculine = /(o|[lrgxtd]|aje|corte|esmalte|retoque|combo|[^cs]ión)$/;

/** "corte de pelo": a first word in capitals or with a capital inside ("SPA", "iLashes") stays as it is. */
export function withinSentence(name: string): string {
  return /^\p{Lu}\p{Ll}+(\P{L}|$)/u.test(name) ? `${name.charAt(0).toLowerCase()}${name.slice(1)}` : name;
}

/** "el corte de pelo", "la consulta", "las mechas"; undefined where the ending does not tell the article. */
export function withSpanishArticle(name: string): { text: string; plural: boolean } | undefined {
  const [first = ''] = name.toLowerCase().split(/[^\p{L}]+/u);
  const plural = first.length > 3 && /[ao]s$/.test(first);
  const stem = plural ? first.slice(0, -1) : first;
  const article = feminine.test(stem) ? (plural ? 'las' : 'la') : masculine.test(stem) ? (plural ? 'los' : 'el') : undefined;
  return article === undefined ? undefined : { text: `${article} ${withinSentence(name)}`, plural };
}
