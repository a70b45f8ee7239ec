import type { TimeVocabulary } from './vocabulary.ts';

/** Spanish, rioplatense included. */
export const spanishVocabulary: TimeVocabulary = {
  weekdays: 'domingo/domingos lunes martes miercoles jueves viernes sabado/sabados',
  weekdaysShort: 'dom lun mar mie/mier/mierc/mx jue/juev vie/vier sab',
  months: 'enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre noviembre diciembre',
  monthsShort: 'ene feb/febr mar abr may jun jul ago/ag sep/sept/set/setiem oct nov dic',
  units: [
    ['minuto/minutos/min/mins/minutitos/minutito', { minutes: 1 }],
    ['hora/horas/hrs/hr/hs/h/horita/horitas', { minutes: 60 }],
    ['dia/dias', { days: 1 }],
    ['noche/noches', { days: 1 }],
    ['semana/semanas', { days: 7 }],
    ['quincena/quincenas', { days: 15 }],
    ['mes/meses', { months: 1 }],
    ['ano/anos', { months: 12 }],
  ],
  parts: [
    ['manana/mananita', 'morning'],
    ['tarde/tardecita/siesta', 'afternoon'],
    ['noche/nochecita', 'night'],
    ['madrugada', 'dawn'],
  ],
  misspelled:
    'domingo lunes martes miercoles jueves viernes sabado enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre ' +
    'diciembre hoy manana pasado ayer semana finde proximo proxima mediodia medianoche tarde noche media cuarto siguiente ahora viene',
  confusions: [
    ['v', 'b'],
    ['b', 'v'],
    ['s', 'z'],
    ['s', 'c'],
    ['c', 's'],
    ['c', 'z'],
    ['z', 's'],
    ['j', 'g'],
    ['h', ''],
    ['x', 'cs'],
    ['y', 'll'],
    ['n', 'ni'],
  ],
  exempt:
    'domino ahorra ahorras marte lunas luna marco mate mates trade media medias medio cuarta cuartos semanal sabada salado nueve viene vienes ' +
    'ayuda haber horas ahoga noches tardes pasada pasados pasad pasao vine tiene junto juli enre ere ora manan oche no he al oy tare tares mai',
  counted:
    'persona personas pers pax adulto adultos nino ninos nina ninas chico chicos chica chicas menores bebe bebes huesped huespedes invitados ' +
    'comensales amigos amigas cabezas pesos peso dolares dolar usd ars euros lucas mil mangos cuotas cuota veces vez turnos turno habitaciones ' +
    'habitacion camas cama mesas mesa opciones opcion servicios cosas cortes piso pisos estrellas puntos km kilometros metros cuadras kg kilos ' +
    'gramos ml cm unidades sesiones sesion clientes lugares nocturnas hijos hijas perros perro gatos perritos baños banos anos entradas copias ' +
    'minutos minuto min horas hora dias dia noches noche semanas semana meses mes segundos',
  beforeNames:
    'con soy llamo llama nombre senor senora sr sra don dona doctor doctora dr dra se por_favor hola gracias che a es y_soy profe estilista',
  names: 'julio abril domingo mayo marzo mercedes',
  beforeStreets:
    'calle av avda avenida plaza barrio pasaje pje esquina boulevard bulevar blvd hospital escuela club parque estadio estacion',
  afterHour:
    'de y en o u con para por que si esta estaria estara me te se a al pero como mas mejor hoy manana pasado el la del los las no ni puedo podes podria ' +
    'pueden podemos tenes tienen tendras hay esta este seria va voy vamos queda quedamos perfecto bien genial dale ok porfa gracias favor ' +
    'o_sea aprox aproximadamente puede mejor porque tambien entonces cuando antes despues hasta y/o e es son estoy',
  moving:
    'cambiar cambiarlo cambiarla cambiarme cambio cambiame mover moverlo moverla reprogramar reprogramarlo reagendar correr correrlo pasarlo pasarla pasar ' +
    'pasarme pasame trasladar adelantar postergar',
  moved: 'turno cita reserva hora reservacion lo la fecha llegada salida',
  holidays: [
    ['navidad', { month: 12, day: 25 }],
    ['(noche buena|nochebuena)', { month: 12, day: 24 }],
    ['(ano nuevo|dia de ano nuevo)', { month: 1, day: 1 }],
    ['(fin de ano|noche vieja|nochevieja|vispera de ano nuevo)', { month: 12, day: 31 }],
    ['(dia de)? (los)? reyes (magos)?', { month: 1, day: 6 }],
    ['(dia de)? (san valentin|los enamorados)', { month: 2, day: 14 }],
    ['dia de la mujer', { month: 3, day: 8 }],
    ['dia (del trabajador|del trabajo|de los trabajadores)', { month: 5, day: 1 }],
    ['dia del amigo', { month: 7, day: 20 }],
    ['dia de la primavera', { month: 9, day: 21 }],
    ['dia de la raza', { month: 10, day: 12 }],
    ['(halloween|noche de brujas)', { month: 10, day: 31 }],
    ['dia de (los)? (muertos|difuntos)', { month: 11, day: 2 }],
    ['dia de todos los santos', { month: 11, day: 1 }],
    ['dia de la madre', { month: 10, weekday: 0, nth: 3 }],
    ['dia del padre', { month: 6, weekday: 0, nth: 3 }],
    ['dia (del nino|de las infancias|de la ninez)', { month: 8, weekday: 0, nth: 3 }],
    ['(viernes negro|black friday)', { month: 11, weekday: 4, nth: 4, plus: 1 }],
    ['(cyber monday|ciber lunes)', { month: 11, weekday: 4, nth: 4, plus: 4 }],
    ['(dia de)? accion de gracias', { month: 11, weekday: 4, nth: 4 }],
    ['dia de (martin luther king|mlk)', { month: 1, weekday: 1, nth: 3 }],
    ['dia de los presidentes', { month: 2, weekday: 1, nth: 3 }],
    ['dia de los caidos', { month: 5, weekday: 1, nth: -1 }],
    ['dia de los veteranos', { month: 11, day: 11 }],
    ['dia de san patricio', { month: 3, day: 17 }],
    ['dia (de los inocentes|de los santos inocentes)', { month: 12, day: 28 }],
    ['dia de la tierra', { month: 4, day: 22 }],
    ['dia de san juan', { month: 6, day: 24 }],
    ['dia de san jose', { month: 3, day: 19 }],
    ['(vispera de navidad|vispera de la navidad)', { month: 12, day: 24 }],
    ['(miercoles de ceniza)', { easter: -46 }],
    ['domingo de ramos', { easter: -7 }],
    ['lunes de (pascua|pascuas)', { easter: 1 }],
    ['(corpus christi|dia de corpus)', { easter: 60 }],
    ['pentecostes', { easter: 49 }],
    ['jueves santo', { easter: -3 }],
    ['viernes santo', { easter: -2 }],
    ['(domingo de)? (pascua|pascuas|domingo de resurreccion)', { easter: 0 }],
    ['semana santa', { easter: -3, through: 3 }],
    ['(carnaval|carnavales)', { easter: -50, through: 3 }],
  ],
};
