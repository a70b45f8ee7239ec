import { givenNames } from './given-names.ts';

const frequent =
  // Spanish
  'a al algo alguien algun alguna ahi ahora aca aqui alla alli ante antes asi aun aunque ayer bajo bastante bien cada casi como con contra cosa cosas creo cual cuando cuanto da dado de debe deben debo decir del ' +
  'desde despues dia dias donde dos durante e el ella ellas ellos en entonces entre era eran es esa esas ese eso esos esta estaba estan estas este esto estos estoy estuvo fue fueron fui gente ha haber habia hago hasta hay hecho hizo hoy ' +
  'igual incluso ir ja la las le les lo los luego mal manana mas me medio mejor menos mi mientras mio mis mismo mismos momento mucha mucho muchas muchos muy nada nadie ni ningun ninguna no nos nosotros nuestra nuestro nunca o otra otras otro otros ' +
  'para parece parte pelo cabello poco pocos por porque primera primero pronto propia pues que quien quienes quiza quizas sabe sabes saber se sea segun seguro ser sera si sido siempre sin sino sobre sola solo somos son soy su sus tal tambien tampoco tan tanto te tenemos ' +
  'tengo tiempo toda todas todavia todo todos tres tu tus un una unas uno unos usted ustedes va vamos vas veces ver vez voy vos y ya yo dado cliente clienta nuevo nueva alergico alergica novio novia esposo esposa hijo hija mama papa amigo amiga hermano hermana socio ' +
  'vegetariano embarazada local negocio tienda casa trabajo numero mail email correo telefono celular whatsapp nombre apellido dato datos mensaje listo lista favor perdon disculpa disculpame ' +
  'lunes martes miercoles jueves viernes sabado domingo enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre tarde noche mediodia medianoche semana mes ano ' +
  'corto corta largo larga rubio rubia lindo linda feo fea grande chico chica nene nena viejo vieja joven interesado interesada apurado apurada confundido confundida responsable administrador administradora desarrollador duenio ' +
  'habitual turista argentino argentina porteno de parte pelado calvo zurdo mayor menor puntual discapacitado quien primeriza pasando llegando saliendo ' +
  'rato ratito rati reunion problema poquito gusto duda idea caso minuto minutos segundo dato foto fotos cosita cositas ayudita detalle favorcito vuelta respuesta solucion mano consultita rapido rapida urgente ' +
  // English
  'the and or if then else so because about above after again all also am an any are as at be been before being below between both but by could did do does doing down during each few for from further had has have having he her here hers him his how i ' +
  'id ill im in into is it its ive just me more most my name no nor not now of off on once only other our out over own same she should so some such than that thats the their them then there these they this those through to today tomorrow tonight too under until ' +
  'up us very was we were what when where which while who whom why will with would yes you your yours please sorry looking calling writing trying going coming interested available running late new old here happy glad afraid wondering thinking planning ' +
  'customer client regular guest free busy sick pregnant allergic vegan monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december morning afternoon evening night noon midnight ' +
  'week month year day hour minute hair one two three four five six seven eight nine ten uno cuatro cinco seis siete ocho nueve diez once doce phone mobile address person people sure really actually maybe perhaps still even ok okay ' +
  'hand favor favour question moment minute second quote look couple bit lot little problem issue break ride drink refund receipt copy discount callback reply answer ' +
  'developer administrator user admin system assistant someone fine good great allowed able ready back done';

/** True for words that people use for other things than names. A common first name is never ordinary. */
export type IsOrdinaryWord = (folded: string) => boolean;

/**
 * What is ordinary where a trade is spoken of.
 * @param words those of the trade, folded: whatever its cues name is seldom anybody's name.
 */
export function ordinaryWords(words: Iterable<string>): IsOrdinaryWord {
  const ordinary = new Set(frequent.split(/\s+/));
  for (const word of words) ordinary.add(word);
  return (folded) => ordinary.has(folded) && !givenNames.has(folded);
}
