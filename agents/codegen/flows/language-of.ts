/** Spanish or English, by the small words of a message; `undefined` where it does not tell. */
const spanish =
  /^(?:un|una|unos|unas|el|la|los|las|de|del|que|con|para|por|y|en|crea|creame|creá|haceme|hazme|haz|hace|hacé|escribe|escribí|escribi|genera|generá|diseña|diseñá|función|funcion|clase|módulo|modulo|pruebas|archivo|agrega|agregá|algo|quiero|necesito|hola|gracias|sí|luego|después)$/;
const english =
  /^(?:a|an|the|of|that|with|for|and|in|to|create|make|build|write|generate|design|add|function|class|module|tests|file|something|thing|please|want|need|hello|then|using)$/;

export function spokenIn(text: string): 'es' | 'en' | undefined {
  // What stands in fences is code.
  const words =
    text
      .replaceAll(/```[\s\S]*?(?:```|$)/g, ' ')
      .toLowerCase()
      .slice(0, 2_000)
      .match(/[\p{L}]+/gu) ?? [];
  const [es, en] = [words.filter((word) => spanish.test(word)).length, words.filter((word) => english.test(word)).length];
  return es === en ? undefined : es > en ? 'es' : 'en';
}
