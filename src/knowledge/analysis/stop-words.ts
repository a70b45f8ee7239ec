/** Words that say nothing of what a text is about, folded: the function words of Spanish and English. */
import type { TextLanguage } from '../contract.ts';

export const stopWords: Readonly<Record<TextLanguage, ReadonlySet<string>>> = {
  es: new Set(
    (
      'a al algo algun alguna algunas alguno algunos ante antes aquel aquella aquellas aquellos aqui asi aun bajo bien cada como con contra cual cuales ' +
      'cualquier cuando cuanta cuantas cuanto cuantos cuya cuyas cuyo cuyos de del desde donde dos e el ella ellas ello ellos en entre era eran eres es esa ' +
      'esas ese eso esos esta estaba estaban estado estamos estan estar estas este esto estos estoy fue fueron fui ha haber habia habian han has hasta ' +
      'hay he hemos la las le les lo los mas me mi mis mucho muchos muy nada ni no nos nosotros nuestra nuestras nuestro nuestros o os otra otras otro ' +
      'otros para pero poco por porque pues que quien quienes se sea sean ser si sido siendo sin sobre son soy su sus suya suyo tal tambien tan tanto te ' +
      'ti tiene tienen toda todas todo todos tu tus u un una unas uno unos usted ustedes vos y ya yo'
    ).split(' '),
  ),
  en: new Set(
    (
      'a about above after again against all am an and any are as at be because been before being below between both but by can could did do does doing ' +
      'down during each few for from further had has have having he her here hers herself him himself his how i if in into is it its itself just me more ' +
      'most my myself no nor not of off on once only or other our ours ourselves out over own same she should so some such than that the their theirs ' +
      'them themselves then there these they this those through to too under until up very was we were what when where which while who whom why will ' +
      'with would you your yours yourself yourselves'
    ).split(' '),
  ),
};
