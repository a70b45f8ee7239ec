import type { Want } from '../contract.ts';
import { opening, phrase, type WantRule, words } from './pattern.ts';

const courtesies =
  words(`hola buenas buenos+dias buenas+tardes buenas+noches che profe profesor profesora tutor por+favor porfa porfavor porfis xfa plis
  bueno dale ok entonces ahora ya solo solamente simplemente directamente mejor y pero igual total asi+que si no+importa bien listo mira vos tu ustedes
  amigo ia chat asistente de+una en+serio te+lo+pido despues primero va eh entiendo gracias perfecto tranqui please capo genio ponele al+menos e o tambien no`);

/** Words between a verb and what is asked for; a word outside of the list breaks the request ("dame una pista de la solución"). */
const gap =
  words(`el la lo los las un una unos unas mi mis tu tus su sus este esta esto ese esa estos estas todo toda todos todas ya directo directamente solo
  solamente nomas ahora por+favor porfa porfavor de+una de+una+vez completo completa entero entera exacto exacta exactamente correcto correcta final propio
  propia posible maldito bendito puto puta simple nada+mas ahi aca al+menos aunque+sea primero vos usted tambien bien rapido de de+nuevo a+mi cual+es posta
  buen buena siguiente proxima otro otra verdadera verdadero minimo con+tu con como+quedaria cual+seria mejor`);
const between = `(?:\\s+${gap}){0,6}`;

const solution =
  words(`solucion soluciones respuesta respuestas codigo codigos cod resolucion programa implementacion script resuelto resuelta resueltos
  hecho hecha algoritmo funcion metodo clase source+code fuente posta`);
const work =
  words(`ejercicio ejercicios ejer problema problemas tarea tareas tp tps trabajo trabajos practico parcial consigna consignas deber deberes
  proyecto entrega guia actividad todo esto eso resto punto puntos inciso challenge`);
const whole = words(
  'completo completa entero entera total resuelto resuelta resueltos resueltas terminado terminada listo lista final hecho hecha hechos hechas listos',
);
const restOfIt = '(?:el\\s+resto|lo\\s+que\\s+(?:falta|sigue)|desde\\s+(?:aca|ahi|donde)|donde\\s+(?:deje|quede))';

const clitic = '(?:me|nos)?(?:lo|la|los|las)?';
const cliticOne = '(?:me|nos|melo|mela|melos|melas|lo|la|los|las|noslo|nosla)';

/** Imperatives of tú, vos and usted. Those that are also a past of the first person ("escribí") come after a clitic, or at the beginning. */
const makeBare = `haz hace hasta+hace resuelve resolve escribe programa implementa codea codifica desarrolla construye crea genera arma completa termina finaliza
  arregla repara continua sigue segui prosegui rellena redacta`;
const makePast = 'escribi resolvi corregi corrige construi converti traduci';
const makeImperative = words(`${makeBare} ${makePast} as has ase ace haze`);
const makeInfinitive =
  words(`hacer resolver escribir programar implementar codear codificar desarrollar construir crear generar armar completar terminar
  finalizar corregir arreglar reparar continuar seguir rellenar redactar aser`);
const makePresent =
  words(`haces hace resolves resuelves escribis escribes programas implementas codeas codificas desarrollas construis construyes creas generas
  armas completas terminas corregis corriges arreglas reparas continuas seguis sigues rellenas harias resolverias escribirias programarias
  completarias terminarias arreglarias`);
const makeSubjunctive =
  words(`hagas resuelvas resolvas escribas programes implementes codees codifiques desarrolles construyas crees generes armes completes
  termines corrijas arregles repares continues sigas rellenes haga resuelva escriba`);
const giveImperative =
  words(`da dar pasa pase pasen manda mande envia envie mostra muestra muestre deci di decile tira tire larga regala comparte comparti dicta
  revela revele imprimi imprime imprima escupi pone pon poneme copia pega proporciona entrega brinda devolve devuelve adelanta confia filtra suelta solta`);
const giveInfinitive =
  words(`dar pasar mandar enviar mostrar decir tirar largar regalar compartir dictar revelar imprimir poner copiar pegar proporcionar
  entregar brindar devolver confiar filtrar soltar conseguir facilitar`);
const givePresent = words(
  'das pasas mandas envias mostras muestras decis dices tiras compartis compartes dictas revelas pones darias pasarias mostrarias dirias',
);
const giveSubjunctive = words(
  'des pases mandes envies muestres digas tires compartas dictes reveles imprimas pongas copies pegues proporciones entregues',
);

const modal = `(?:(?:me|nos|lo|te)\\s+)?${words(`podes puedes podrias podras puede podria podrian pueden podes+vos serias+capaz+de te+animas+a sabrias
  necesito+que+puedas habria+chance+de hay+chance+de tenes+que tienes+que debes deberias+poder vas+a hay+que+ya+podes podriais podreis`)}`;
const wish =
  words(`quiero+que necesito+que preciso+que te+pido+que me+gustaria+que quisiera+que prefiero+que espero+que hace+falta+que
  te+ruego+que necesitaria+que querria+que ordeno+que exijo+que suplico+que permite+que+me autoriza+que autorizo+a+que dijo+que dice+que
  es+mejor+que hace+que dejo+que`);
const need = words(
  'necesito preciso quiero quisiera querria necesitaria dame deme exijo busco pido solicito requiero me+falta me+das me+hace+falta',
);

/** What makes of "la respuesta" something else than the solution of the exercise. */
const otherThing = phrase(
  `(?:${words(`que+falla que+fallan pistas? incorrect[ao]s? equivocad[ao]s? esperad[ao]s? servidor pseudocodigo a+mi+pregunta a+la+pregunta de+salida
    parecid[ao]s? similar otro+tema analog[ao]s? de+error de+estado del+sistema complejidad de+ejemplo nombre parametros firma de+internet`)})`,
);

const request = (source: string) => phrase(source);
const delegation: WantRule<Want>[] = [
  // "haceme el código", "resolvé esto", "completá lo que falta", "hacelo por mí"
  ...[
    opening(courtesies, `(?:me\\s+(?:lo\\s+)?)?${makeImperative}${clitic}${between}\\s+(?:${solution}|${work}|${restOfIt})`),
    opening(courtesies, `${makeImperative}(?:me|nos)(?:lo|la|los|las)`),
    opening(
      courtesies,
      `${words('haz hace resolve resuelve escribi escribe arregla programa completa termina codea segui sigue continua corregi')}(?:lo|la|los|las)`,
    ),
    opening(courtesies, `(?:${words('segui sigue continua termina completa hace resolve')})\\s+(?:vos|tu|usted|${restOfIt})`),
  ].map((pattern) => ({
    want: 'delegation' as const,
    pattern,
    unless: phrase(
      words(
        'pero+no y+no y+ahora pero+me y+me+da pero+da y+falla ayer anoche el+otro+dia y+funciona y+anda hasta+aca ya+mismo+falla solo+y',
      ),
    ),
  })),
  // "¿me hacés el ejercicio?", "¿me lo resolvés?"
  {
    want: 'delegation',
    pattern: request(
      `me\\s+(?:(?:lo|la|los|las)\\s+)?${makePresent}(?:\\s+(?:vos|tu))?(?:${between}\\s+(?:${solution}|${work}|${restOfIt}))`,
    ),
    unless: phrase('(?:me\\s+hace\\s+(?:falta|todo|ruido|dudar))'),
  },
  {
    want: 'delegation',
    pattern: request(`(?:me|nos)\\s+(?:lo|la|los|las)\\s+${makePresent}`),
    unless: /me l[oa]s? hace (?:mal|bien|dificil|imposible|saber)/,
  },
  { want: 'delegation', pattern: request(`(?:lo|la)\\s+${makePresent}\\s+(?:vos|tu|por\\s+mi)`) },
  // "¿podés hacerme…?", "te pido que me resuelvas…"
  {
    want: 'delegation',
    pattern: request(
      `${modal}\\s+(?:vos\\s+)?${makeInfinitive}${clitic}(?:\\s+vos)?${between}\\s+(?:${solution}|${work}|${restOfIt}|por\\s+mi)`,
    ),
  },
  {
    want: 'delegation',
    pattern: request(`${modal}\\s+(?:vos\\s+)?${makeInfinitive}(?:melo|mela|melos|melas|lo|la|los|las)`),
    unless: phrase('(?:como|en\\s+que|donde|cuando)\\s+(?:\\w+\\s+){0,2}pued\\w+'),
  },
  {
    want: 'delegation',
    pattern: request(
      `(?:${wish}|que)\\s+(?:me\\s+)?(?:lo\\s+|la\\s+)?${makeSubjunctive}(?:\\s+(?:vos|tu|usted))?${between}\\s+(?:${solution}|${work}|${restOfIt})`,
    ),
    unless: phrase(
      '(?:(?:consigna|enunciado|profe|ejercicio|piden|pide|pidieron|pidio|tarea|pedia)\\s+(?:\\w+\\s+){0,3}que\\s+(?:haga|resuelva|escriba))',
    ),
  },
  {
    want: 'delegation',
    pattern: request(`(?:${wish}|que)\\s+(?:me\\s+)?(?:lo|la|los|las)\\s+${makeSubjunctive}`),
    unless: phrase('que\\s+(?:lo|la)\\s+(?:haga|resuelva|escriba)'),
  },
  {
    want: 'delegation',
    pattern: request(
      `${words('hace haz hacelo hazlo escribi escribilo resolvelo resuelvelo programa hagas escribas haces hacer hacerlo escribirlo resolverlo codigo escribe resuelve')}(?:\\s+\\w+){0,4}\\s+${words('por+mi en+mi+lugar')}`,
    ),
  },
  // "dame el código", "pasame la solución", "pasamelo resuelto"
  {
    want: 'delegation',
    pattern: opening(courtesies, `${giveImperative}(?:${cliticOne})?${between}\\s+${solution}`),
    unless: otherThing,
  },
  {
    want: 'delegation',
    pattern: request(`${giveImperative}(?:me|nos|melo|mela|melos|melas)${between}\\s+${solution}`),
    unless: otherThing,
  },
  { want: 'delegation', pattern: request(`(?:de|diga)me${between}\\s+${solution}`), unless: otherThing },
  { want: 'delegation', pattern: request(`${giveImperative}${cliticOne}${between}\\s+(?:${work})\\s+(?:${gap}\\s+)*${whole}`) },
  {
    want: 'delegation',
    pattern: request(
      `${giveImperative}(?:melo|mela|melos|melas|meló)${between}\\s+(?:${whole}|codificado|al\\s+reves|en\\s+base64)`,
    ),
  },
  { want: 'delegation', pattern: request(`me\\s+(?:la\\s+|lo\\s+)?${givePresent}${between}\\s+${solution}`), unless: otherThing },
  {
    want: 'delegation',
    pattern: request(`me\\s+(?:la|lo)\\s+(?:das|pasas|mandas)`),
    unless: phrase('(?:pista|ejemplo|explicacion)'),
  },
  {
    want: 'delegation',
    pattern: request(`${modal}\\s+${giveInfinitive}(?:${cliticOne})?${between}\\s+${solution}`),
    unless: otherThing,
  },
  {
    want: 'delegation',
    pattern: request(`(?:${wish}|que)\\s+(?:me\\s+|nos\\s+)?(?:lo\\s+|la\\s+)?${giveSubjunctive}${between}\\s+${solution}`),
    unless: otherThing,
  },
  {
    want: 'delegation',
    pattern: phrase(
      `si\\s+no\\s+me\\s+(?:${givePresent}|${giveSubjunctive}|${makePresent}|ayudas\\s+con)${between}\\s+${solution}`,
    ),
  },
  // "necesito la solución", "¿cuál es la respuesta?", "la solución y listo"
  {
    want: 'delegation',
    pattern: request(`${need}${between}\\s+(?:${solution}|(?:${work})\\s+${whole})`),
    unless: phrase(`(?:${words('incorrect[ao] equivocad[ao] parecid[ao] funcion+que+ya algoritmo+que entender que+mi que+este')})`),
  },
  {
    want: 'delegation',
    pattern: request(
      `(?:cual|cuales)\\s+(?:es|seria|son|serian)\\s+(?:la|las|el)\\s+(?:${gap}\\s+)*${words('solucion soluciones respuesta respuestas codigo resolucion')}`,
    ),
    unless: phrase(
      `(?:${words('esperad[ao] error test servidor a+mi+problema de+complejidad mas+eficiente optima mi mejor de+estado de+salida que+da diferencia')})`,
    ),
  },
  {
    want: 'delegation',
    pattern: new RegExp(
      `^(?:${courtesies}\\s+)*(?:${gap}\\s+)*${words('solucion respuesta codigo cod resolucion')}(?:\\s+(?:${gap}|${whole}|${work}|del|y|listo|funcionando|comentado|anda|porfa|please|plis|que\\s+funcione))*$`,
    ),
  },
  // The whole of it, however the sentence is built around it: "explicame con el código completo de la solución".
  {
    want: 'delegation',
    pattern: request(
      `(?:${words('codigo solucion programa funcion implementacion resolucion respuesta')})\\s+(?:\\w+\\s+){0,2}${words('completo completa entero entera resuelto resuelta resueltos resueltas terminado terminada')}`,
    ),
    unless: phrase(
      `(?:${words('mi mis hice escribi tengo pegue pego adjunto paso arriba abajo aca+esta completo+esta completa+esta')})`,
    ),
  },
  // To see or to have it.
  {
    want: 'delegation',
    pattern: phrase(
      `(?:${words('puedo podria podemos se+puede me+dejas dejame dejas+que me+permitis quiero necesito quisiera querria me+gustaria')})\\s+(?:\\w+\\s+)?${words('ver verlo tener copiar mirar conseguir obtener saber conocer espiar leer')}${between}\\s+${words('solucion soluciones respuesta respuestas codigo resolucion')}`,
    ),
    unless: phrase(words('mi mis por+que del+test esperada como+mejor codigo+que+escribi de+mi anterior')),
  },
  {
    want: 'delegation',
    pattern: phrase(
      `y\\s+${words('completa resolve resuelve escribi escribe termina arregla hace haz corregi implementa programa')}(?:me)?(?:lo|la|los|las)`,
    ),
  },
  {
    want: 'delegation',
    pattern: phrase(
      `como\\s+(?:quedaria|queda|seria|quedo)${between}\\s+${words('codigo solucion programa+completo funcion+completa funcion+terminada programa+terminado')}`,
    ),
    unless: phrase(words('si mi cuando')),
  },
  {
    want: 'delegation',
    pattern: phrase(
      `(?:la|las)\\s+(?:solucion|respuesta|respuestas|soluciones)(?:\\s+\\w+){0,4}\\s+(?:cual|cuales)\\s+(?:es|seria|son)`,
    ),
    unless: phrase(words('mi esperada')),
  },
  { want: 'delegation', pattern: phrase(`${makeImperative}(?:\\s+\\w+){1,5}\\s+${words('por+mi en+mi+lugar')}`) },
  // One line at a time, and to copy.
  {
    want: 'delegation',
    pattern: request(
      `(?:${giveImperative}(?:me|nos)?|cual\\s+(?:es|seria|va)|${makeImperative}(?:me)?|y)${between}\\s+${words('primera segunda tercera cuarta siguiente proxima ultima')}\\s+linea`,
    ),
    unless: phrase(words('error hace significa imprime de+la+salida del+archivo falla')),
  },
  {
    want: 'delegation',
    pattern: request(`linea\\s+por\\s+linea`),
    unless: phrase(words('leyendo leo mi+codigo repas\\w* expli\\w* recorr\\w* segui lei depur\\w* archivo leer revis\\w*')),
  },
  {
    want: 'delegation',
    pattern: request(
      words(
        'para+copiar para+copiarlo para+copiar+y+pegar copiar+y+pegar lo+copio la+copio copio+y+pego listo+para+entregar lista+para+entregar para+entregarlo+ya',
      ),
    ),
    unless: phrase(words('copiar+una+lista copiar+el+arreglo copiar+un no+quiero lista+original')),
  },
  {
    want: 'delegation',
    pattern: request(
      `(?:deci|di|decir|digas)(?:me)?\\s+(?:exactamente|literalmente|textual\\w*|tal\\s+cual|letra\\s+por\\s+letra)\\s+(?:que|lo\\s+que)`,
    ),
  },
  {
    want: 'delegation',
    pattern: request(
      `(?:que|lo\\s+que)\\s+(?:tengo\\s+que|debo|hay\\s+que)\\s+${words('escribir poner tipear copiar')}\\s+${words('exactamente textual tal+cual literal letra+por+letra')}`,
    ),
  },
  {
    want: 'delegation',
    pattern: request(
      `(?:${words('traduci traduce traducime traduceme pasa pasame converti convertime codifica escribi')})${between}\\s+${words('solucion respuesta resolucion')}`,
    ),
  },
  // Whoever wants the rules gone wants what they keep back.
  {
    want: 'delegation',
    pattern: phrase(
      `(?:ignora|ignore|olvida(?:te)?|saltea(?:te)?)\\s+(?:\\w+\\s+){0,3}${words('instrucciones reglas indicaciones restricciones')}`,
    ),
  },
  {
    want: 'delegation',
    pattern: phrase(`(?:lo|la)\\s+(?:podes|puedes)\\s+${words('hacer resolver escribir terminar completar')}\\s+(?:vos|tu)`),
  },
  {
    want: 'delegation',
    pattern: phrase(
      `(?:escribime|escribeme|haceme|hazme|poneme|ponme)\\s+(?:el|la|un|una)\\s+${words('for while if funcion bucle ciclo condicion linea codigo')}`,
    ),
  },
  { want: 'delegation', pattern: request(`${words('quiero necesito prefiero mejor')}\\s+que\\s+(?:lo|la)\\s+\\w+s\\s+(?:vos|tu)`) },
];

const negation = `(?:no|sin|nunca|jamas|ni|tampoco|en\\s+vez\\s+de|en\\s+lugar\\s+de|mas\\s+que|evita|evitando)`;
export const spanishNegation = new RegExp(
  `(?:^|\\s)${negation}(?:\\s+(?:me|nos|te|se|lo|la|que|quiero|necesito|hace\\s+falta|pido|pidiendo|estoy|busco|buscando|es|quisiera|la\\s+idea|hay|quiere|vayas?\\s+a|tenes|tienes))*\\s*$`,
);

const others: WantRule<Want>[] = [
  {
    want: 'run-tests',
    pattern: phrase(
      `${words('corre corre+los correme corer correr ejecuta ejecutame ejecutar proba probame probar prueba probemos corramos ejecutemos corres ejecutas')}(?:\\s+\\w+){0,3}\\s+${words('tests? pruebas? codigo casos programa solucion')}`,
    ),
    unless: phrase(words('error cuando al como por+que falla fallan')),
  },
  {
    want: 'submit',
    pattern: phrase(
      `(?:${words('entrego entregar entregalo entregarlo entregarla envio+mi envio+la subo+mi subo+la subir+mi subir+la mando+mi entreguemos')})(?:\\s+\\w+){0,3}`,
    ),
    unless: phrase(
      words('como cuando fecha hasta plazo que+tengo para+entregar tengo+que+entregar hay+que+entregar puedo+entregar+tarde'),
    ),
  },
  {
    want: 'frustration',
    pattern: phrase(
      words(`frustrad[oa]s? frustra frustrante frustracion hart[oa] me+rindo no+aguanto no+puedo+mas no+doy+mas no+sirvo abandono odio imposible llevo+\\w*\\s?horas llevo+dias
    llevo+toda hace+horas toda+la+tarde toda+la+noche nada+funciona nada+me+sale no+me+sale+nada soy+un+desastre soy+mal[oa] soy+burr[oa] soy+tont[oa] nunca+voy+a me+quiero+morir me+esta+matando desesperad[oa] cansad[oa] me+cans[eo] podrid[oa] bronca que+dificil
    no+hay+caso no+hay+forma me+va+a+explotar quemad[oa] no+sirve+para+nada dejar+la+materia largo+todo dejo+todo estres\\w* bloquead[oa] inutil puta+madre la+concha carajo mierda no+me+sale`),
    ),
  },
  {
    want: 'hint',
    pattern: phrase(words('pistas? pistita ayudita empujon empujoncito orientame orientacion guiame guia+para tip tips ayudin')),
  },
  {
    want: 'example',
    pattern: phrase(words('ejemplos? ejemplito casos?+de+uso ejemplifica\\w* parecido similar')),
    unless: phrase(
      words(
        'por+ejemplo del+ejemplo el+ejemplo+da los+ejemplos+de+la+consigna primer+ejemplo segundo+ejemplo ejemplo+del+enunciado',
      ),
    ),
  },
  {
    want: 'metacognition',
    pattern: phrase(
      words(`me+di+cuenta me+doy+cuenta mi+error+fue mi+forma+de mi+manera+de aprendi me+cuesta suelo tiendo+a siempre+me+confundo siempre+me+olvido la+proxima+vez
    deberia+haber tendria+que+haber me+apure estoy+pensando+mal que+estrategia como+deberia+estudiar como+estudio como+puedo+mejorar+mi+forma reflexion\\w* antes+pensaba ahora+entiendo+por+que ahora+entiendo+que me+falto+pensar encare+mal como+me+doy+cuenta
    como+me+organizo mi+proceso`),
    ),
  },
  {
    want: 'validation',
    pattern: phrase(
      words(`esta+bien esta+correct[oa] es+correct[oa] voy+bien vamos+bien esta+ok es+asi seria+asi funcionaria funciona+asi va+a+funcionar tiene+sentido te+parece lo+ves+bien que+te+parece revisa\\w* chequea\\w* verifica\\w*
    fijate+si mirame revises miras quedo+bien queda+bien estoy+en+lo+correcto voy+por+buen es+valid[oa] cumple esta+mal+si hice+bien lo+hice+bien correcto\\? verdad\\? cierto\\? no\\?`),
    ),
    unless: phrase(words('por+que no+esta+bien')),
  },
  {
    want: 'plan',
    pattern: phrase(
      words(`planeo mi+plan creo+que+tengo+que creo+que+hay+que creo+que+deberia creo+que+conviene mi+enfoque mi+idea mi+estrategia voy+a primero+voy pienso+usar pienso+hacer pienso+recorrer pienso+guardar pense+en pense+usar se+me+ocurre se+me+ocurrio la+idea+es quiero+usar quiero+recorrer quiero+guardar
    elegi decidi opte lo+resolveria lo+haria usaria haria+un mi+razonamiento lo+que+pienso+hacer divido dividiria primero+recorro primero+leo estoy+usando+\\w*\\s?porque use+\\w*\\s?porque porque+no+quiero mi+propuesta tengo+pensado planifique paso+1`),
    ),
  },
  {
    want: 'explanation',
    pattern: phrase(
      words(`que+es que+son cual+es cuales+son diferencias? explica\\w* explique\\w* por+que porque\\? como+funciona como+funcionan como+se como+implemento como+hago como+hacer como+manejo como+uso como+puedo como+mejoro como+recorro como+ordeno como+leo como+guardo
    como+cuento como+puede como+sabe cuando+usar cuando+uso cuando+se cuando+conviene que+significa que+quiere+decir que+hace que+ventajas que+devuelve que+pasa+si que+conviene que+mejor que+diferencia para+que+sirve para+que en+que+se para+que+se que+tipo que+estructura que+debo que+deberia
    cuanto como+escribo como+resuelvo como+arreglo como+evito como+convierto como+se+usa que+conceptos? contame entender donde+se se+puede puedo+usar hay+que tengo+que+usar debo+usar`),
    ),
  },
  {
    want: 'confusion',
    pattern: phrase(
      words(
        `no+entiendo no+entendi no+comprendo confund\\w* confus[oa] perdid[oa] no+se me+perdi no+me+queda+claro no+caigo me+mareo mareo me+maree sin+entender no+tengo+idea ni+idea no+lo+veo no+capto no+cazo no+logro+entender no+me+cierra lio enred\\w* no+estoy+segur[oa] no+le+encuentro`,
      ),
    ),
  },
  {
    want: 'hint',
    pattern: phrase(
      words(`ayuda ayudas ayudame ayudar ayudarme ayudeme ayudenme ayudes socorro trabad[oa] atascad[oa] estancad[oa] atorad[oa] trabe me+trabe por+donde que+hago que+sigue como+sigo como+arranco como+empiezo mano no+pasa+el+test me+falla falla me+da+error da+error tira+error me+tira no+anda
    no+funciona no+me+anda no+me+funciona error`),
    ),
  },
];

export const spanishRules: readonly WantRule<Want>[] = delegation;
export const spanishWants: readonly WantRule<Want>[] = others;
