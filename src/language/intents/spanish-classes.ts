import type { WordClasses } from './pattern.ts';

/** Families of Spanish words that the cues are made of: rioplatense first, the rest of the Spanish-speaking world beside it. */
export const spanishClasses: WordClasses = {
  want:
    'quiero quisiera quisieramos queria queriamos querria necesito necesitaria necesitaba necesitamos preciso precisaria precisaba ' +
    'deseo desearia deseamos gustaria encantaria busco buscando buscaba buscamos queremos pretendo urge interesa interesaria ocupo',
  wish: 'quiero quisiera quisieramos queria queriamos querria necesito necesitaria necesitaba necesitamos preciso precisaria deseo desearia gustaria encantaria queremos prefiero preferiria',
  have: 'tenes tienes tiene tienen tenian tendrias tendra tendran tendria tendrian tenga tengan hay habra habria queda quedan quedaba quedara quedaran sobra consigo',
  can: 'podes puedes podras podrias podria podrian pueden puede podemos puedo podre podra podriamos querrias querias',
  go: 'ir venir pasar voy vengo paso vamos venirme acercarme caer iria vendria pasaria',
  appointment:
    'turno turnos turnito turnitos cita citas citita reserva reservas reservacion reservaciones estadia booking mesa sesion',
  room: 'habitacion habitaciones cuarto cuartos pieza suite suites departamento cabana alojamiento',
  place:
    'lugar lugarcito lugares hueco huecos huequito espacio espacios cupo cupos sitio disponible disponibles disponibilidad vacante vacantes libre libres',
  slot: '@appointment @place',
  mine: 'mi mis mio mia nuestro nuestra nuestros el la los las un una ese esa esos este esta',
  reserve:
    'reservar* reservam* reservem* reservenme reservenos reserven reservo reservan* reservas reservaria reservala* reservalo* reservale* reservaste reserve agendar* agendas agendam* agendem* agendo agende agenden agendal* agendan* ' +
    'anotar* anotas anotam* anotem* anoto anota anote anoten anotal* anotan* sacar sacame sacarme saqueme sacamos sacarnos sacanos sacale coordin* programar* programame programe* apartar* apartame aparteme separar* separame ' +
    'guardame guardarme guardar marcame marcar* apuntam* apuntar* solicit* concertar tomar',
  give:
    'dame deme darme das da dan daria darias darian darnos conseguime conseguir conseguirme consigueme hacer haceme hacerme haces hace hagan hagame hagas pedir pido pedirte pedirles poneme ponme ponerme pongame poner meteme ' +
    'pasame pasarme asignar asigname asignarme coger sacas sacan ofrecer',
  change:
    'cambi* mover* moveme movelo movela move movemos movamos muev* movi movio reprogram* reagend* recalendar* posterg* pospon* pospong* modific* adelant* atras* retras* aplaz* traslad* alterar* ' +
    'correr* correme corremelo correlo correla corremos corran extender* extiend* alarg* prolong* acort*',
  shift: 'pasar pasarlo pasarla pasarme pasame pasamelo pasamela paso pasemos pasalo pasala pasas pasen pase',
  cancel: 'cancel* anul* suspend* elimin* borra* borre* desagend* desmarc* desist*',
  person:
    'persona humano humana alguien operador operadora asesor asesora agente empleado empleada encargado encargada duenio dueno duena gerente gerencia recepcion recepcionista representante supervisor supervisora responsable peluquero peluquera estilista administracion administrador ejecutivo ejecutiva',
  talk: 'hablar hablo hablarle hablen hable charlar comunicar comunicarme comunicame comuniquen comuniqueme contactar contactarme contactame pasame paseme pasenme pasarme pasen derivar derivame deriveme derivarme transferime transferir transfieran conectame conectar conectarme atender atenderme atienda atiendan atendido atendida chatear llamar',
  ask: 'decime dime decirme digame diganme decis dices saber contame cuentame contarme informarme informame informacion info pasame pasarme pasas paseme pasenme mandame mandarme mandas mandes enviame enviarme envias averiguar consultar consultarte consultarles consulta consulto pregunta preguntar preguntarte conocer dame darme pido tenes tienen tiene tienes querria',
  price:
    'precio precios precito tarifa tarifas costo costos coste costes valor valores presupuesto presupuestos importe cotizacion arancel aranceles honorarios',
  cost: 'sale salen saldria saldrian saldra sales cuesta cuestan cuestas costaria costarian costara vale valen valdria cobra cobras cobran cobrarian cobraria cobrarias cobrando cobro cobrarme pagar pago pagaria pagamos gasto',
  cheap: 'barato barata baratos baratas baratito economico economica economicos economicas caro cara caros caras',
  open: 'abren abre abris abierto abiertos abierta abierta abriran abrian cierran cierra cierras cerris cerrado cerrados cerraran atienden atiende atendes atendian trabajan trabajas laburan abrir cerrar',
  offer:
    'servicio servicios tratamiento tratamientos prestacion prestaciones opcion opciones catalogo carta menu especialidad especialidades prestaciones estilos',
  does: 'hacen haces hacer hace ofrecen ofreces ofrece brindan brinda realizan realiza realizas trabajan tienen tenes tiene tienes dan prestan hay manejan incluyen incluye',
  staffWord:
    'profesional profesionales peluquero peluqueros peluquera peluqueras estilista estilistas barbero barberos personal equipo especialista especialistas',
  amenity:
    'pileta piscina gimnasio gym spa wifi internet estacionamiento parking cochera desayuno restaurante restaurant restoran bar minibar frigobar lavanderia calefaccion aire sauna jacuzzi hidromasaje terraza quincho parrilla ' +
    'cuna secador tv tele television balcon vista traslado transfer caja ascensor accesibilidad bicicletas masajes salon salones sala solarium lavarropas heladera microondas amenities amenidades comodidades facilidades instalaciones',
  bye: 'chau chao adios chaucha bye',
  yes: 'si sip dalee sipi sisi sep claro dale exacto exactamente obvio correcto confirmo confirmado confirmada confirmar confirmalo confirmala confirmame confirmamos afirmativo acepto aceptado aprobado efectivamente obviamente okey okis',
  softYes:
    'ok oka okay okok perfecto listo genial buenisimo barbaro joya excelente bien bueno bueno buena vale fenomenal espectacular hecho impecable fantastico sale',
  no: 'no noo nop nope nah nono negativo',
};
