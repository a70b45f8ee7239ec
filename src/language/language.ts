import type { Language } from './contract.ts';
import type { Word } from './words.ts';

const markers: Readonly<Record<Language, ReadonlySet<string>>> = {
  es: new Set(
    (
      'el la los las un una unos unas de del al que y o en con por para sin sobre mi tu su se me te le lo nos si es son esta estan hay hola buenas buenos gracias quiero quisiera necesito queria puedo podes puede pueden tenes tienen tiene ' +
      'turno turnos cita reserva reservar cancelar cambiar cuanto cuesta sale precio precios hora horario horarios manana hoy pasado lunes martes miercoles jueves viernes sabado domingo tarde noche dia semana mes como cuando donde cual ' +
      'quien dale bueno perfecto listo che vos usted ustedes mas muy ya tambien pero porque habitacion noches personas corte pelo barba soy llamo nombre favor chau servicio servicios disponibilidad lugar una algo alguien ningun'
    ).split(' '),
  ),
  en: new Set(
    (
      'the a an of and or in on with for to from at by is are am was were be been do does did have has had i you he she it we they my your his her our their this that these those hi hello hey thanks thank please want need would like ' +
      'can could may might will what when where which who how much many appointment booking book reservation cancel reschedule change price prices cost time hours open tomorrow today tonight monday tuesday wednesday thursday friday saturday ' +
      'sunday afternoon morning evening night day week month yes yeah sure okay not dont cant im ive id ill whats its room rooms nights people haircut hair beard name any there available next good bye'
    ).split(' '),
  ),
};
const shared = new Set(['a', 'no', 'me', 'he', 'son']);
const spanishLetters = /[ñ¿¡áíóúü]/iu;

/** Language of the words; that of the conversation where they do not tell, and Spanish where nothing does. */
export function detectLanguage(text: string, words: readonly Pick<Word, 'text'>[], conversation: Language | undefined): Language {
  let spanish = spanishLetters.test(text) ? 1.5 : 0;
  let english = /\b\w+['’](?:m|s|d|ll|re|ve|t)\b/i.test(text) ? 1.5 : 0;
  for (const { text: word } of words.slice(0, 200)) {
    const weight = shared.has(word) ? 0.3 : 1;
    if (markers.es.has(word)) spanish += weight;
    if (markers.en.has(word)) english += weight;
  }
  if (spanish === english) return conversation ?? 'es';
  return spanish > english ? 'es' : 'en';
}
