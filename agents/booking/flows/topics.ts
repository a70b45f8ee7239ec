/**
 * What a customer of a salon says that the general understanding has no word for: who works there, where it is, "the cheapest",
 * "as soon as possible", "I have no e-mail". One expression for each language; texts are folded (lower case, no accents) first.
 */

export interface Topics {
  /** "¿Qué servicios tienen?", in so many words. */
  services: boolean;
  /** "¿Tienen estacionamiento?": of the house, and known to its people only. */
  house: boolean;
  /** "¿Quién atiende?" */
  staff: boolean;
  /** "¿Dónde queda?" */
  address: boolean;
  /** "¿Cuánto dura?" */
  duration: boolean;
  /** "el más barato" */
  cheapest: boolean;
  /** "la lista con todos los precios", "cada uno" */
  everything: boolean;
  /** "¿qué incluye?", "¿qué diferencia hay?" */
  details: boolean;
  /** "no importa el precio" */
  anyPrice: boolean;
  /** "¿aceptan tarjeta?" */
  payment: boolean;
  /** "¿y si cancelo?": asks about the rules and cancels nothing. */
  whatIf: boolean;
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
  /** Speaks of an appointment that exists: "mi turno", "el turno del jueves". */
  ownAppointment: boolean;
  /** "¿otro horario?", "ninguno me sirve" */
  noneOfThese: boolean;
  /** "¿qué horarios tenés?", "¿qué otro día?" */
  whatIsFree: boolean;
  /** Reads as a question. */
  question: boolean;
  /** "¿Con quién hablo?", "¿sos un robot?" */
  identity: boolean;
  /** "Es un robo": finds it dear and asks nothing. */
  dear: boolean;
  /** "No sé", "no lo tengo": cannot say what was asked for. */
  noIdea: boolean;
  /** "No era ese": what was just done was not meant. */
  undo: boolean;
  /** "El mismo día" */
  sameDay: boolean;
  /** "A la misma hora" */
  sameTime: boolean;
  /** "¿Cuándo es?", "¿quedó confirmado?": asks for what was said already. */
  recap: boolean;
  /** Asks for an appointment of somebody else: "¿a qué hora tiene turno Nico?" */
  somebodysAppointment: boolean;
  /** Speaks of a child. */
  child: boolean;
  /** Says goodbye. */
  bye: boolean;
  /** Says thanks. */
  thanks: boolean;
}

const expressions: Readonly<Record<keyof Topics, RegExp>> = {
  services:
    /\b((que|cuales|cual) (son )?(los |sus )?servicios|servicios (tienen|tenes|hacen|hay|ofrecen|brindan|dan)|(what|which) (services|treatments)|services do you)\b/,
  house:
    /\b(tienen|tenes|hay|cuentan con|aceptan|permiten|se puede|puedo|(do you|is there|are there|can i|may i)( have| allow| accept)?)\b.{0,30}\b(estacionamiento|cochera|garage|wi-?fi|aire acondicionado|cafe|bano|rampa|ascensor|silla de ruedas|mascotas?|perr[oa]s?|gatos?|estacionar|parking|park|air conditioning|coffee|toilet|restroom|wheelchair|elevator|pets?|dogs?|cats?)\b/,
  staff:
    /\b(quien(es)?|que (profesional|peluquer|estilista|barber)\w*|cuales? profesional\w*|con quien)\b.{0,40}\b(atiend|trabaj|corta|hace|hacer|es el|son los|esta|estan|va a|me va|puede|pueden|atender|profesional|peluquer|estilista|elegir)\w*|\b(profesional|peluquer[oa]|estilista|barber)(s|es)?\b.{0,30}\b(tienen|tenes|hay|trabajan|atienden|disponibles|estan|son)\b|\b(tienen|tenes|hay|sobre|que|los|un|algun|especialista)\b.{0,12}\b(profesionales|peluqueros|estilistas|barberos|especialista)\b|\bquien(es)? (me|nos|lo|la|va)?\s?\w*(atend|cort|hac|libre)\w*|\b(who|which (stylist|hairdresser|barber|person))\b.{0,30}\b(work|does|do|cuts?|available|there|will|is|are)\w*|\b(your|what|which) (staff|stylists?|hairdressers?|barbers?)\b|\bdo you have (any )?(stylists?|hairdressers?|barbers?)\b/,
  address:
    /\b(donde (queda|quedan|estan|esta|es|se encuentran|los encuentro|atienden|tengo que ir)|direccion|ubicacion|ubicad[oa]s?|como llego|where (are you|is (it|the (salon|shop|place)))|address|located|location|how do i get there)\b/,
  duration: /\b(cuanto (dura|tarda|tardan|demora|demoran|tiempo)|que duracion|how long)\b/,
  cheapest:
    /\b(mas|menos|lo|algo|muy|tan|bien)\s+(barat|economic|car|accesible|asequible)\w*|\b(barat|economic)(o|a|os|as)\b|\bprecio mas bajo\b|\bcueste menos\b|\b(cheap|cheaper|cheapest|least expensive|lowest price|affordable|inexpensive)\b/,
  everything:
    /\b(tod[oa]s|lista|listado|cada un[oa]|completa|que (servicios|precios)|los precios|precios (tienen|tenes|manejan)|all (the |your |of )?(prices|services)?|price ?list|everything|your (prices|services|rates))\b/,
  details:
    /\b(inclu(ye|yen|ido|ida|idos)|que tiene cada|en que consiste|de que se trata|(que|cual es la|hay) diferencia|what('s| is| does) .{0,20}includ\w*|difference between|what do i get)\b/,
  anyPrice:
    /\b(no (me )?(importa|interesa)n?\b.{0,30}\bprecio|price (does not|doesn'?t) matter|(don'?t|do not) (care|mind) about (the )?(price|cost))\b/,
  payment:
    /\b(pag(o|ar|as|an|os)\b.{0,40}\b(tarjeta|efectivo|transferencia|linea|online|cuotas|debito|credito|mercado ?pago|ahora|adelantado)|tarjetas?( de (credito|debito))?|mercado ?pago|formas? de pago|medios? de pago|se(na|ña)\b|pay (by|with|in|online)|credit card|payment (method|option)s?|do you (take|accept) (cards?|cash))\b/,
  whatIf:
    /\b((que pasa|y|cargo|algo|problema|multa)?\b.{0,15}\bsi (lo |la )?(cancelo|cambio de idea|llego tarde|no (puedo|llego|voy|vengo)|me (arrepiento|demoro))|\b(lo|la|se|los)? ?(puedo|puede|podria) cancelar(lo|la)?\b.{0,15}\b(despues|luego|si|mas adelante|hasta)\b|can i (still )?cancel\b.{0,15}\b(later|if|afterwards)\b|(what (if|happens)|charge|fee|penalty)\b.{0,25}\b(cancel|am late|change)|if i (cancel|am late))\b/,
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
  ownAppointment:
    /\b((mi|mis|nuestro) (turnos?|citas?|reservas?|hora)|(el|la|un|este|ese) (turno|cita|reserva)( que)? (tengo|tenia|saque|saco|reserve|pedi|agende|habia)|(el|la) (turno|cita|reserva) (del?|de las?|de el|para el)|ya (tengo|tenia|saque) (un |una )?(turno|cita|reserva)|my (appointments?|bookings?|reservations?|slot)|(the|an) (appointment|booking) (i (have|had|made|booked)|on|for)|i (already )?(have|had|booked|made) (an? )?(appointment|booking))\b/,
  noneOfThese:
    /\b(ningun[oa]?( de (esos|estos|esas|estas|los dos|las dos))?( me)?( sirve| va| conviene| queda)?|no me (sirve|sirven|queda|quedan|viene|va|conviene)\b(?! (muy |tan |del todo )?(clar|entend))|otr[oa]s? (horarios?|horas?|dias?|opcion(es)?|fechas?|turnos?)|tenes otr[oa]|algo mas (tarde|temprano)|none of (these|those|them)|(don'?t|doesn'?t|do not|does not) (work|suit)|(any(thing)?|some) (other|else|later|earlier)|another (time|day|date|option))\b/,
  whatIsFree:
    /\b(que (horas?|horarios?|turnos?|dias?|lugares?|huecos?)\b.{0,25}\b(hay|tenes|tienen|te quedan?|quedan?|disponibles?|libres?|recomendas|podes)|(horarios?|turnos?|lugar) (disponibles?|libres?)|que tenes( libre)?|what (times?|slots?|days?)\b.{0,20}\b(have|free|available|open)|when (are you free|can i come))\b/,
  question:
    /[¿?]|^(que|cual|cuales|cuanto|cuanta|cuando|como|donde|quien|por ?que|hay|tenes|tienen|puedo|se puede|aceptan|what|which|how|when|where|who|why|can|do|does|is|are)\b/,
  bye: /\b(chau|chao|adios|hasta (luego|pronto|manana|la proxima)|nos vemos|bye|goodbye|see you|have a (nice|good))\b/,
  identity:
    /\b(con quien (hablo|estoy hablando|tengo el gusto)|quien (sos|eres|es usted|habla)|(sos|eres|es) (un |una )?(robot|bot|maquina|persona( real)?|humano|ia)\b|hablo con (un |una )?(persona|maquina|robot|bot)|(are you|is this) (a |an )?(real )?(bot|robot|human|person|machine|ai)|who am i (talking|speaking) (to|with)|who (is this|are you))\b/,
  dear: /\b(un (robo|afano|choreo)|carisim[oa]|salad[oa]s?|una locura de|que car[oa]s?|rip.?off|too expensive|so expensive)\b/,
  noIdea:
    /\bno (lo |la |los |me |te |tengo idea|se\b)?\s?(se|tengo|recuerdo|acuerdo|sabria|conozco|encuentro)\b|\bni idea\b|\b(don'?t|do not) (have|know|remember|recall)\b|\bno idea\b/,
  undo: /\b(no era es[ea]|es[ea] no era|me (equivoque|confundi)|volve(lo|la)? a (reservar|anotar|poner)\w*|wrong one|not that one|by mistake|undo)\b/,
  recap:
    /^\W*(y |pero |entonces )?(cuando|a que hora|que dia|para cuando|con quien|quien|when|what time|what day|who with|with whom)( me)?( es| era| seria| quedo| toca| atiende| is it| was it)?\W*$|\b(quedo|esta|ya esta|entonces|is it|it'?s)\b.{0,12}\b(confirmad|reservad|anotad|agendad|booked|confirmed)\w*|^\W*(ya )?quedo\W*$|\b(confirmad[oa]|reservad[oa]|confirmed|booked)\s*\?/,
  sameTime: /\b((la|el) (misma hora|mismo horario)|same time)\b/,
  sameDay: /\b((el|ese) mismo dia|same day)\b/,
  somebodysAppointment:
    /\b(a que hora|cuando|que dia)\b.{0,6}\btiene (el |su |un )?turno (?!para|disponible|libre|hoy|manana|el |este)\w+|\b(when|what time) (is|does) (?!my|the|it|your)(\w+ )?\w+('?s)?\b.{0,8}\b(appointment|booking)\b/,
  child:
    /\b(mi|mis|para (el|la|un|una|mi)) (hij[oa]s?|nen[ea]s?|nietit?[oa]s?|chiquit[oa]s?|ninit?[oa]s?|nin[oa]s?|sobrinit[oa])\b|\b(my|a|for (my|a)) (little )?(son|daughter|kid|child|boy|girl|toddler)\b/,
  thanks: /\b(gracias?|graciass+|grax|grcs|agradezco|thanks?|thank you|thx|ty|cheers)\b/,
};

/** Lower case without accents; "ñ" becomes "n", as the expressions above are written. */
export function foldText(text: string): string {
  return text.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('’', "'");
}

/** "Media hora más tarde", "an hour earlier", in minutes; later is positive. The text is folded. */
export function readShift(folded: string): number | undefined {
  const found =
    /\b(una|un|1|one|an|dos|2|two|media|half an|half a) (hours?|horas?)?\s*(mas tarde|despues|later|mas temprano|antes|earlier|sooner)\b|\b(15|20|30|45|quince|veinte|treinta|fifteen|twenty|thirty) min\w*\s*(mas tarde|despues|later|mas temprano|antes|earlier|sooner)\b/.exec(
      folded,
    );
  if (found === null) return undefined;
  const [, hours, , when, minutes, whenMinutes] = found;
  const words: Readonly<Record<string, number>> = { quince: 15, fifteen: 15, veinte: 20, twenty: 20, treinta: 30, thirty: 30 };
  const distance =
    minutes === undefined
      ? 60 * (/^(media|half)/.test(hours ?? '') ? 0.5 : /^(dos|2|two)/.test(hours ?? '') ? 2 : 1)
      : (words[minutes] ?? Number(minutes));
  return /tarde|despues|later/.test(when ?? whenMinutes ?? '') ? distance : -distance;
}

const names = Object.keys(expressions) as (keyof Topics)[];

export function readTopics(folded: string): Topics {
  const trimmed = folded.trim();
  return Object.fromEntries(names.map((name) => [name, expressions[name].test(trimmed)])) as Record<keyof Topics, boolean>;
}

/** An appointment's code: six letters and digits with at least one of each, or whatever follows the word "código". */
export function readCode(text: string): string | undefined {
  const named = /\b(?:c[oó]digo|code)\b(?:\s+(?:de(?:l)?\s+turno|es|is|:))*[\s:#]*([a-z0-9]{4,12})\b/i.exec(text)?.[1];
  if (named !== undefined && (/\d/.test(named) || named === named.toUpperCase())) return named.toUpperCase();
  for (const [word] of text.matchAll(/\b[a-z0-9]{6}\b/gi)) {
    if (/\d/.test(word) && /[a-z]/i.test(word) && !/^\d+(hs|am|pm|min|mil)$/i.test(word)) return word.toUpperCase();
  }
  return undefined;
}
