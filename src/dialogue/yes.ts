/** Longer messages say more than yes. */
const yesWords = 10;

/** In a long message a "si" is an "if" more often than a yes: there it counts at the beginning only, and as a word of its own. */
export function isPlainYes(text: string): boolean {
  const short = text.trim().split(/\s+/).length <= yesWords;
  return (
    short || /^\W*(sí|si[,.!]|dale|ok|okay|listo|perfecto|genial|bueno|confirm\w*|yes|yeah|yep|sure|great)(?!\p{L})/iu.test(text)
  );
}

/** "Sí, el martes a las 10" begins with a yes and says again what is to be confirmed. */
export function beginsWithYes(text: string): boolean {
  return /^\W*(s[ií]|dale|ok|okay|perfecto|listo|confirmo|yes|yep|sure|confirm)\b/i.test(text);
}
