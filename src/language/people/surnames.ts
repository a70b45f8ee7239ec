/**
 * Surnames that are words for other things too, folded: behind a given name they are names, in lower case as well. One that is missing is heard
 * where it is written with a capital letter.
 */
export const wordLikeSurnames: ReadonlySet<string> = new Set(
  (
    'gil calvo barba barbero blanco bravo bueno cabello caballero cabeza calle campos cano casado castillo chico conde cordero cortes corto costa crespo ' +
    'cruz cuesta delgado duque feo flores franco fuentes gallo grande guerra herrero hermoso hidalgo hijo iglesias justo largo leal leon lobo luna mayor ' +
    'mesa mora moreno negro nieto novo pardo parra pastor paz pelado peluffo pena pino plaza prado primo puente rey reyes rico roca romero rosa rubio ' +
    'fuente campo rio rios monte montes huerta guardia mata hoz ' +
    'santos segura sol sordo soto sosa tonto toro torre torres vaca valle vega verde viejo villa zapatero'
  ).split(' '),
);

/** Surnames that stand behind "de la", "del" and the like, folded: "soy de la Cruz". Places and houses that people are "de" are left out. */
export const particledSurnames: ReadonlySet<string> = new Set(
  (
    'cruz torre torres vega fuente fuentes rosa rua serna hoz mata riva rivas pena parra ossa guardia colina huerta vina puente valle rio olmo pino ' +
    'castillo campo canto pozo barco moral carmen toro reyes santos angeles heras casas rios'
  ).split(' '),
);
