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
