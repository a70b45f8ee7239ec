import { foldText } from '../../../src/dialogue.ts';

/** What is said beside the work, and asks for no help with it. */
export type SmallTalk =
  | 'greeting'
  | 'farewell'
  | 'thanks'
  | 'agreed'
  | 'laugh'
  | 'how-are-you'
  | 'who'
  | 'abilities'
  | 'pause'
  | 'bare-answer'
  | 'noise';

const whom = '(?: (?:profe|profesor|profesora|tutor|bot|che|amigo|genio|crack|todos|teacher|there|everyone|man|bro))?';
const kinds: readonly (readonly [SmallTalk, RegExp])[] = [
  [
    'farewell',
    /^(?:(?:bueno|listo|ok|dale|ya) )?(?:chau|chao|adios|hasta (?:luego|manana|pronto|la proxima|el \w+)|nos vemos|me (?:voy|tengo que ir)(?: a \w+)?|sigo (?:manana|despues|luego|mas tarde)|lo dejo (?:por hoy|aca|ahi)|(?:por hoy )?(?:ya )?(?:termine|terminamos) por hoy|bye+|goodbye|see you(?: \w+)?|see ya|cya|good night|i(?:'m| am) (?:leaving|off)|that's all(?: for (?:today|now))?|i have to go|gotta go)$/,
  ],
  [
    'thanks',
    /^(?:muchas |mil |ok |dale |perfecto |buenisimo )?(?:gracias|grax|thx|thanks|thank you|ty|te agradezco)(?: (?:por (?:la ayuda|todo|tu ayuda|ayudarme)|a lot|so much|very much|igual|de nuevo|for (?:your help|the help|everything)))?$/,
  ],
  [
    'greeting',
    /^(?:hola+|holis|buenas(?: (?:tardes|noches))?|buen dia|buenos dias|que tal|que onda|hello|hi|hey|good (?:morning|afternoon|evening))$/,
  ],
  [
    'how-are-you',
    /^(?:como (?:estas|andas|va(?: todo)?|te va)|todo bien|how are you(?: doing| today)?|how's it going|what's up|sup)\??$/,
  ],
  [
    'who',
    /^(?:(?:y )?(?:vos |tu )?quien (?:sos|eres|es usted)(?: vos)?|como te llamas|sos (?:un |una )?(?:bot|robot|ia|humano|persona|chatgpt|chat gpt|profe\w*)(?: real)?|eres (?:un |una )?(?:bot|robot|ia|humano|persona)|who are you|what are you|are you (?:a |an )?(?:bot|robot|human|ai|person|chatgpt)|what's your name)\??$/,
  ],
  [
    'abilities',
    /^(?:que (?:podes|puedes|sabes|sabe) hacer|(?:en|con) que (?:me )?(?:podes|puedes) ayudar(?:me)?|para que (?:servis|sirves|estas)|como (?:funciona esto|funcionas|te uso|se usa esto|uso esto|es esto|trabajamos)|que (?:hago|se hace) aca|(?:ver )?(?:los )?comandos|menu|opciones|help|\/help|ayuda general|instrucciones|what can you do|how (?:do(?:es)? )?(?:this|you|i use (?:this|you)) works?|how do i use (?:this|you)|commands|options|instructions)\??$/,
  ],
  [
    'pause',
    /^(?:para(?: un (?:poco|toque|cacho))?|espera(?:me)?(?: un (?:poco|toque|segundo|minuto|momento|cacho))?|un (?:segundo|minuto|momento|toque)|ya (?:vengo|vuelvo)|dame un (?:segundo|minuto|momento|rato)|aguanta(?: un toque)?|estoy (?:pensando|en eso|escribiendo)|lo (?:pienso|estoy pensando)|dejame pensar(?:lo)?|voy a pensar(?:lo)?|wait(?: a (?:second|minute|sec|moment))?|hold on|one (?:second|moment|sec)|brb|let me think|i'm thinking|give me a (?:second|minute|sec))$/,
  ],
  ['laugh', /^(?:(?:ja|je|ji|ha|he){2,}j?|jaj[aj]*|jej[ej]*|lol|lmao|xd+|jsj\w*|haha\w*)$/],
  [
    'agreed',
    /^(?:ok+|oki\w*|okay|dale|listo|genial|perfecto|buenisimo|barbaro|joya|de una|entendido|ya entendi|ahora entendi|ahora si|ah+|aha|ah? ok|claro|obvio|bien|muy bien|excelente|vale|bueno|de acuerdo|great|cool|nice|perfect|alright|got it|sure|done|i see|fine|awesome)$/,
  ],
  ['bare-answer', /^(?:si+|no+|nop|nope|sip|tal vez|quizas?|puede ser|ni idea|yes|yeah|yep|no idea|maybe|mm+|hmm+|eh+|em+)$/],
];

/** @returns the kind where the whole message is nothing else; of several the one that an answer has to be about */
export function smallTalkOf(text: string): SmallTalk | undefined {
  if (text.length > 200) return undefined;
  const folded = foldText(text).replace(/’/g, "'").replace(/\s+/g, ' ').trim();
  const parts = folded
    .replace(/[^\p{L}\p{N}?'/ ,.;!\n-]/gu, ' ')
    .split(/[,.;!\n]+|(?<=\?)/)
    .map((part) =>
      part
        .replace(/[¿?]+$/, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((part) => part !== '');
  if (parts.length === 0) return folded === '' ? undefined : 'noise';
  const found = parts.map((part) => kindOf(part));
  if (found.includes(undefined)) return parts.length === 1 && isNoise(parts[0] ?? '') ? 'noise' : undefined;
  return kinds.find(([kind]) => found.includes(kind))?.[0];
}

function kindOf(part: string): SmallTalk | undefined {
  const bare = part.replace(new RegExp(`(?<=\\w)${whom}$`), '').trim();
  return kinds.find(([, pattern]) => pattern.test(part) || pattern.test(bare))?.[0];
}

/** Keys that were struck, and no word of either language: five consonants in a row, or one letter again and again. */
function isNoise(part: string): boolean {
  return (
    /^[a-z]+$/.test(part) &&
    part.length >= 4 &&
    (/[bcdfghjklmnpqrstvwxz]{5}|^[qwertyuiop]{5,}$|^[asdfghjkl]{4,}$|^[zxcvbnm]{4,}$/.test(part) || /^(.)\1{3,}$/.test(part))
  );
}
