/**
 * What people say beside what they want, whatever the trade: "as soon as possible", "I have no e-mail", "leave it". One expression for both
 * languages; texts are folded (lower case, no accents) first.
 */

export interface Topics {
  /** "lo antes posible", "ya" */
  soonest: boolean;
  /** "no tengo mail" */
  noEmail: boolean;
  /** "no quiero dar mis datos", "mi nombre no importa" */
  keepsPrivate: boolean;
  /** "te lo paso después" */
  later: boolean;
  /** "dejalo, mejor no" */
  abandons: boolean;
  /** "¿otro horario?", "ninguno me sirve" */
  noneOfThese: boolean;
  /** Reads as a question. */
  question: boolean;
  /** Says goodbye. */
  bye: boolean;
  /** "¿Con quién hablo?", "¿sos un robot?" */
  identity: boolean;
  /** "No sé", "no lo tengo": cannot say what was asked for. */
  noIdea: boolean;
  /** "No era ese": what was just done was not meant. */
  undo: boolean;
  /** "¿Cuándo es?", "¿quedó confirmado?": asks for what was said already. */
  recap: boolean;
  /** Says thanks. */
  thanks: boolean;
}

/** An expression for each topic of a dialogue. */
export type Expressions<T> = Readonly<Record<keyof T, RegExp>>;

export const generalExpressions: Expressions<Topics> = {
  soonest:
    /\b(lo (antes|mas (pronto|rapido|temprano)) (posible|que (puedas|se pueda|haya|tengas))|lo antes posible|cuanto antes|lo mas pronto|mas temprano (posible|mejor)|(mas|primer) (cercano|turno (libre|disponible|que)|hueco|lugar)|ahora mismo|ahorita|ya mismo|(turno|venir|ir|sea|quiero|necesito|disponible|es|para) ya|ya para|(?<=\w )ya(?=[,.!]|$)|(turno|venir|ir|lugar|libre|necesito|disponible|para|es) ahora|(hay )?alguien (libre|listo|disponible)|urgente|urgencia|en este momento|cuando (ustedes )?(puedan?|puedas|quieran|les (quede|venga) bien|haya (lugar|turno))|whenever you can|asap|as soon as (possible|you can)|right (now|away)|soonest|earliest|first available|next available|urgent(ly)?|straight away)\b/,
  noEmail:
    /\b(no (tengo|uso|manejo|recuerdo|me acuerdo|quiero|hace falta|necesit\w+|es|dispongo|poseo|cuento)\b.{0,25}\b(e-?mail|mail|correo|casilla)|sin (e-?mail|mail|correo)|no (lo )?(envi|mand|pas|doy|dej)\w*\b.{0,10}\b(e-?mail|mail|correo)|(don'?t|do not|dont) (have|use|want|remember)\b.{0,25}\be-?mail|no e-?mail|without e-?mail)\b/,
  keepsPrivate:
    /\b(no (te |les |le )?(quiero|necesito|voy a|me gusta|hace falta|pienso|tengo por que)\b.{0,20}\b(dar|darte|dejar|dejarte|pasar|pasarte|enviar|mandar)\b.{0,20}\b(nombres?|datos?|dato|telefono|numero|mail|correo|contacto|nada)|(mi nombre|el nombre|mi telefono|mi numero) no (importa|hace falta|te lo)|para que (queres|necesitas|quieren|necesitan)\b.{0,15}\b(nombre|datos|telefono|numero|mail|contacto)|(rather|prefer) not (to )?(say|give|share)|(don'?t|dont|do not) want to (give|share|leave)|why do you need my)\b/,
  later:
    /\b((te|se) l[oa]s? (paso|mando|envio|digo|doy|confirmo)\b.{0,20}\b(despues|luego|mas tarde|en (el|un) otro|en un rato|ahora)|puedo (mandar|pasar|enviar)\w*\b.{0,15}\b(luego|despues|mas tarde)|(despues|luego|mas tarde|en un rato) te l[oa] (paso|mando|digo|envio)|i('| wi)?ll (send|give|tell)\b.{0,20}\blater|can i (send|give)\b.{0,20}\blater)\b/,
  abandons:
    /\b(deja(lo|la)?( asi| ahi| no mas)?$|dejemos?lo|deja,|dejalo|olvidate|olvidalo|mejor no\b(?! (el|la|los|las|a|manana|hoy|con|en|me))|ya no (quiero|necesito|hace falta)|no quiero (nada|sacar|reservar|el turno|turno|agendar)|(prefiero|mejor) (llam|lo pienso|lo dejo|despues|mas tarde|otro dia veo)\w*|lo dejamos|me arrepenti\b(?!.*\b(quiero|prefiero)\b)|cambie de (idea|opinion)|nada,? (dejalo|gracias)|no,? nada|cancel(a|o|ar|emos)(lo|la)?( todo)?$|forget it|never ?mind|leave it|i changed my mind|don'?t book|no longer (want|need)|i'?d rather not|not interested)\b/,
  noneOfThese:
    /\b(ningun[oa]?( de (esos|estos|esas|estas|los dos|las dos))?( me)?( sirve| va| conviene| queda)?|no me (sirve|sirven|queda|quedan|viene|va|conviene)\b(?! (muy |tan |del todo )?(clar|entend))|otr[oa]s? (horarios?|horas?|dias?|opcion(es)?|fechas?|turnos?)|tenes otr[oa]|algo mas (tarde|temprano)|none of (these|those|them)|(don'?t|doesn'?t|do not|does not) (work|suit)|(any(thing)?|some) (other|else|later|earlier)|another (time|day|date|option))\b/,
  question:
    /[¿?]|^(que|cual|cuales|cuanto|cuanta|cuando|como|donde|quien|por ?que|hay|tenes|tienen|puedo|se puede|aceptan|what|which|how|when|where|who|why|can|do|does|is|are)\b/,
  bye: /\b(chau|chao|adios|hasta (luego|pronto|manana|la proxima)|nos vemos|bye|goodbye|see you|have a (nice|good))\b/,
  identity:
    /\b(con quien (hablo|estoy hablando|tengo el gusto)|quien (sos|eres|es usted|habla)|(sos|eres|es) (un |una )?(robot|bot|maquina|persona( real)?|humano|ia)\b|hablo con (un |una )?(persona|maquina|robot|bot)|(are you|is this) (a |an )?(real )?(bot|robot|human|person|machine|ai)|who am i (talking|speaking) (to|with)|who (is this|are you))\b/,
  noIdea:
    /\bno (lo |la |los |me |te |tengo idea|se\b)?\s?(se|tengo|recuerdo|acuerdo|sabria|conozco|encuentro)\b|\bni idea\b|\b(don'?t|do not) (have|know|remember|recall)\b|\bno idea\b/,
  undo: /\b(no era es[ea]|es[ea] no era|me (equivoque|confundi)|volve(lo|la)? a (reservar|anotar|poner)\w*|wrong one|not that one|by mistake|undo)\b/,
  recap:
    /^\W*(y |pero |entonces )?(cuando|a que hora|que dia|para cuando|con quien|quien|when|what time|what day|who with|with whom)( me)?( es| era| seria| quedo| toca| atiende| is it| was it)?\W*$|\b(quedo|esta|ya esta|entonces|is it|it'?s)\b.{0,12}\b(confirmad|reservad|anotad|agendad|booked|confirmed)\w*|^\W*(ya )?quedo\W*$|\b(confirmad[oa]|reservad[oa]|confirmed|booked)\s*\?/,
  thanks: /\b(gracias?|graciass+|grax|grcs|agradezco|thanks?|thank you|thx|ty|cheers)\b/,
};

/** Finds the topics of a folded text. */
export function createTopicReader<T>(expressions: Expressions<T>): (folded: string) => T {
  const names = Object.keys(expressions) as (keyof T)[];
  return (folded) => {
    const trimmed = folded.trim();
    return Object.fromEntries(names.map((name) => [name, expressions[name].test(trimmed)])) as T;
  };
}
