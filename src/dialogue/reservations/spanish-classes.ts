import { spanishBase } from '../../language/base/spanish-base.ts';
import type { WordClasses } from '../../language/pattern.ts';

/** Families of Spanish words that the cues are made of: rioplatense first, the rest of the Spanish-speaking world beside it. */
export const spanishClasses: WordClasses = {
  ...spanishBase.classes,
  person: `${spanishBase.classes['person']} peluquero peluquera estilista`,
  roomType:
    'doble dobles simple simples single triple triples cuadruple twin queen king matrimonial familiar familiares deluxe standard estandar superior superiores ejecutiva ejecutivas junior presidencial economica comunicadas contiguas',
  want:
    'solicito solicitamos requiero requerimos quisiese quisieras gustarian encantaria apetece quiero quisiera quisieramos queria queriamos querria necesito necesitaria necesitaba necesitamos preciso precisaria precisaba ' +
    'deseo desearia deseamos gustaria encantaria busco buscando buscaba buscamos queremos pretendo urge interesa interesaria ocupo',
  have: 'tenes habria habran quedaria quedarian consiguen contas cuentan dispones disponen tenes tienes tiene tienen tenian tendrias tendra tendran tendria tendrian tenga tengan hay habra habria queda quedan quedaba quedara quedaran sobra consigo',
  go: 'ir venir pasar voy vengo paso vamos venirme acercarme caer iria vendria pasaria',
  appointment:
    'reservaciones turnero turno turnos turnito turnitos cita citas citita reserva reservas reservacion reservaciones estadia booking mesa sesion',
  room: 'cabanas bungalow bungalows hostel depto duplex dormi loft apart monoambiente penthouse habitaciones recamara recamaras alcoba habitacion habitaciones cuarto cuartos pieza suite suites departamento cabana alojamiento',
  place:
    'plaza plazas vacancia dispo vacancia vacancias hospedaje turnos lugar lugarcito lugares hueco huecos huequito espacio espacios cupo cupos sitio disponible disponibles disponibilidad vacante vacantes libre libres',
  slot: '@appointment @place',
  mine: 'mi mis mio mia nuestro nuestra nuestros el la los las un una ese esa esos este esta',
  reserve:
    'bookear bookeame bookea reservamelo reservamela reservala reservalo reservatela reservenla agendenme agendeme agende citame citeme apuntame apunteme inscrib* anotanos anotennos resérvame reservo hospedarme alojarme hospedarnos alojarnos reservar* reservam* reservem* reservenme reservenos reserven reservo reservan* reservas reservaria reservala* reservalo* reservale* reservaste reserve agendar* agendas agendam* agendem* agendo agende agenden agendal* agendan* ' +
    'anotar* anotas anotam* anotem* anoto anota anote anoten anotal* anotan* sacar sacame sacarme saqueme sacamos sacarnos sacanos sacale coordin* programar* programame programe* apartar* apartame aparteme separar* separame ' +
    'guardame guardarme guardar marcame marcar* apuntam* apuntar* solicit* concertar tomar',
  give:
    'dejame dejanos facilitame consigan acomodame meteme dame deme darme das da dan daria darias darian darnos conseguime conseguir conseguirme consigueme hacer haceme hacerme haces hace hagan hagame hagas pedir pido pedirte pedirles poneme ponme ponerme pongame poner meteme ' +
    'pasame pasarme asignar asigname asignarme coger sacas sacan ofrecer',
  change:
    'reduc* achic* edit* rectific* intercambi* actualiz* ampli* correrla correrlo corrernos cambi* mover* moveme movelo movela move movemos movamos muev* movi movio reprogram* reagend* recalendar* posterg* pospon* pospong* modific* adelant* atras* retras* aplaz* traslad* alterar* ' +
    'correr* correme corremelo correlo correla corremos corran extender* extiend* alarg* prolong* acort*',
  shift: 'pasar pasarlo pasarla pasarme pasame pasamelo pasamela paso pasemos pasalo pasala pasas pasen pase',
  cancel: 'rescind* revoc* descart* deshacer cancel* anul* suspend* elimin* borra* borre* desagend* desmarc* desist*',
  ask: 'decime dime decirme digame diganme decis dices saber contame cuentame contarme informarme informame informacion info pasame pasarme pasas paseme pasenme mandame mandarme mandas mandes enviame enviarme envias averiguar consultar consultarte consultarles consulta consulto pregunta preguntar preguntarte conocer dame darme pido tenes tienen tiene tienes querria',
  price:
    'precitos tarifario cotiz* presupuestar presupuestame presupuestas montos monto precio precios precito tarifa tarifas costo costos coste costes valor valores presupuesto presupuestos importe cotizacion arancel aranceles honorarios',
  cost: 'alcanza alcanzan alcanzara saldra paga pagan sale salga salgan cueste cobraran cobrara pagas pagan abona abono abonar pagariamos sale salen saldria saldrian saldra sales cuesta cuestan cuestas costaria costarian costara vale valen valdria cobra cobras cobran cobrarian cobraria cobrarias cobrando cobro cobrarme pagar pago pagaria pagamos gasto',
  cheap:
    'accesible accesibles economico costoso costosa carisimo rebajado barato barata baratos baratas baratito economico economica economicos economicas caro cara caros caras',
  open: 'abriria abriran cerraran trabajas trabajaran atenderan labora laboran abren abre abris abierto abiertos abierta abierta abriran abrian cierran cierra cierras cerris cerrado cerrados cerraran atienden atiende atendes atendian trabajan trabajas laburan abrir cerrar',
  offer:
    'servicio servicios tratamiento tratamientos prestacion prestaciones opcion opciones catalogo carta menu especialidad especialidades prestaciones estilos',
  does: 'disponen dispone laburan labura realicen prestan sabe saben hacen haces hacer hace ofrecen ofreces ofrece brindan brinda realizan realiza realizas trabajan tienen tenes tiene tienes dan prestan hay manejan incluyen incluye',
  staffWord:
    'profesional profesionales peluquero peluqueros peluquera peluqueras estilista estilistas barbero barberos personal equipo especialista especialistas',
  amenity:
    'club plancha planchado lavado cafetera pava ventilador cocina cocinita kitchenette toallas sabanas almohadas shampoo bata batas banera baneras ducha hamacas juegos playroom guarderia ninera computadora impresora coworking eventos rampa consigna guardaequipaje excursiones biblioteca discoteca cafeteria confiteria buffet bufet heladerita aa calefaccionado calefaccionada climatizada climatizado solarium canchas cancha tenis golf jardin patio balcones almohada frazada frazadas reposeras sombrillas playa pelotero ascensores estufa hogar deck pool gimnacio garage garaje valet conserje botones traslados pileta piscina gimnasio gym spa wifi internet estacionamiento parking cochera desayuno restaurante restaurant restoran bar minibar frigobar lavanderia calefaccion aire sauna jacuzzi hidromasaje terraza quincho parrilla ' +
    'cuna secador tv tele television balcon vista traslado transfer caja ascensor accesibilidad bicicletas masajes salon salones sala solarium lavarropas heladera microondas amenities amenidades comodidades facilidades instalaciones',
};
