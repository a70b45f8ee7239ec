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
  appointment: 'turno turnos turnito turnitos cita citas citita reserva reservas reservacion reservaciones estadia booking mesa sesion',
  room: 'habitacion habitaciones cuarto cuartos pieza suite suites departamento cabana alojamiento',
  place: 'lugar lugarcito lugares hueco huecos huequito espacio espacios cupo cupos sitio disponible disponibles disponibilidad vacante vacantes libre libres',
  slot: '@appointment @place',
  mine: 'mi mis mio mia nuestro nuestra nuestros el la los las un una ese esa esos este esta',
  reserve:
    'reservar reservame reservarme reserveme reservanos reservenos reservarnos reserven reservenme reservarte reservo reservamos reservas reservaria reservamela reservamelo reservala reservalo reservaselo ' +
    'agendar agendame agendarme agendeme agendemos agendanos agendo agendamos agendas agende agenden agendaria agendarlo agendalo agendamelo ' +
    'anotar anotame anotarme anoteme anotanos anotarnos anoto anotas anotalo anota ' +
    'sacar sacame sacarme saqueme sacamos sacarnos coordinar coordinemos coordinamos programar programame programemos ' +
    'apartar apartame aparteme apartarme separar separame separarme guardame guardarme guardar marcar marcame apuntame apuntarme apuntar solicitar solicito concertar tomar',
  give: 'dame deme darme das da dan daria darias darian darnos conseguime conseguir conseguirme consigueme hacer haceme hacerme haces hace hagan hagame hagas pedir pido pedirte pedirles poneme ponme ponerme pongame poner meteme ' +
    'pasame pasarme asignar asigname asignarme coger sacas sacan ofrecer',
  change:
    'cambiar cambiarlo cambiarla cambiarme cambiame cambiamelo cambiamela cambialo cambiala cambio cambiamos cambie cambien cambias cambiaria cambieme cambiarle ' +
    'mover moverlo moverla moverme moveme movelo movela muevo mueva muevan mueve muevas movemos moverle ' +
    'reprogramar reprogramarlo reprogramarla reprogramo reprograme reprogramame reprogramalo reprogramemos reprogramacion ' +
    'reagendar reagendo reagendame reagendarlo reagendarla reagende postergar postergarlo postergarla postergo postergue posponer posponerlo posponerla pospongo ' +
    'modificar modificarlo modificarla modifico modificame modifique modificacion adelantar adelantarlo adelantame atrasar atrasarlo retrasar retrasarlo aplazar aplazarlo aplazo ' +
    'correr correrlo correrla correme corremelo correlo trasladar alterar extender alargar prolongar acortar',
  shift: 'pasar pasarlo pasarla pasarme pasame pasamelo pasamela paso pasemos pasalo pasala pasas pasen pase',
  cancel:
    'cancelar cancelarlo cancelarla cancelarme cancela cancelas cancelame cancelamelo cancelamela cancelalo cancelala cancelo cancele cancelen canceles canceleme cancelenme cancelemos cancelamos cancelando cancelaria cancelenlo cancelelo ' +
    'anular anularlo anularla anulame anulo anule anulen anulamelo anulala anulalo suspender suspenderlo suspendo suspenda suspendeme suspendan ' +
    'eliminar eliminarlo eliminarla eliminame elimina elimine eliminen borrar borrarlo borrarla borrame borra borren desagendar desmarcar desistir',
  person:
    'persona humano humana alguien operador operadora asesor asesora agente empleado empleada encargado encargada duenio dueno duena gerente gerencia recepcion recepcionista representante supervisor supervisora responsable peluquero peluquera estilista administracion administrador ejecutivo ejecutiva',
  talk: 'hablar hablo hablarle hablen hable charlar comunicar comunicarme comunicame comuniquen comuniqueme contactar contactarme contactame pasame paseme pasenme pasarme pasen derivar derivame deriveme derivarme transferime transferir transfieran conectame conectar conectarme atender atenderme atienda atiendan atendido atendida chatear llamar',
  ask: 'decime dime decirme digame diganme decis dices saber contame cuentame contarme informarme informame informacion info pasame pasarme pasas paseme pasenme mandame mandarme mandas mandes enviame enviarme envias averiguar consultar consultarte consultarles consulta consulto pregunta preguntar preguntarte conocer dame darme pido tenes tienen tiene tienes querria',
  price: 'precio precios precito tarifa tarifas costo costos coste costes valor valores presupuesto presupuestos importe cotizacion arancel aranceles honorarios',
  cost: 'sale salen saldria saldrian saldra sales cuesta cuestan cuestas costaria costarian costara vale valen valdria cobra cobras cobran cobrarian cobraria cobrarias cobrando cobro cobrarme pagar pago pagaria pagamos gasto',
  cheap: 'barato barata baratos baratas baratito economico economica economicos economicas caro cara caros caras',
  open: 'abren abre abris abierto abiertos abierta abierta abriran abrian cierran cierra cierras cerris cerrado cerrados cerraran atienden atiende atendes atendian trabajan trabajas laburan abrir cerrar',
  offer: 'servicio servicios tratamiento tratamientos prestacion prestaciones opcion opciones catalogo carta menu especialidad especialidades prestaciones estilos',
  does: 'hacen haces hacer hace ofrecen ofreces ofrece brindan brinda realizan realiza realizas trabajan tienen tenes tiene tienes dan prestan hay manejan incluyen incluye',
  staffWord: 'profesional profesionales peluquero peluqueros peluquera peluqueras estilista estilistas barbero barberos personal equipo especialista especialistas',
  amenity:
    'pileta piscina gimnasio gym spa wifi internet estacionamiento parking cochera desayuno restaurante restaurant restoran bar minibar frigobar lavanderia calefaccion aire sauna jacuzzi hidromasaje terraza quincho parrilla ' +
    'cuna secador tv television balcon vista traslado transfer caja ascensor accesibilidad bicicletas masajes salon salones sala solarium lavarropas heladera microondas amenities amenidades comodidades facilidades instalaciones',
  bye: 'chau chao adios chaucha bye',
  yes: 'si sip sipi sisi see sep claro dale exacto exactamente obvio correcto confirmo confirmado confirmada confirmar confirmalo confirmala confirmame confirmamos afirmativo acepto aceptado aprobado efectivamente obviamente okey okis',
  softYes: 'ok oka okay okok perfecto listo genial buenisimo barbaro joya excelente bien bueno bueno buena vale fenomenal espectacular hecho impecable fantastico sale',
  no: 'no nop nope nah nono negativo',
};
