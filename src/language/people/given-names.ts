/**
 * First names that are common in Argentina, Spain, Mexico and the English-speaking countries, folded. They only help where a name stands
 * without "me llamo"; a name that is missing here is still understood where the sentence or the conversation says that it is one.
 */
export const givenNames: ReadonlySet<string> = new Set(
  (
    'sofia maria ana lucia martina valentina camila julieta florencia agustina micaela carolina paula laura gabriela mariana daniela natalia ' +
    'victoria rocio belen milagros candela antonella guadalupe delfina catalina emilia olivia isabella renata mia emma julia elena clara ' +
    'silvia patricia monica claudia adriana alejandra andrea veronica susana marta graciela norma beatriz alicia rosa teresa carmen cristina ' +
    'lorena romina vanesa yanina noelia soledad cecilia ines mercedes pilar dolores luisa constanza josefina juana manuela eva ' +
    'irene raquel sara sandra miriam mirta liliana stella estela gisela jimena ximena daiana brenda barbara marina magdalena francisca rosario ' +
    'juan jose carlos luis jorge miguel pedro pablo diego martin lucas mateo matias tomas nicolas santiago joaquin sebastian facundo franco ' +
    'agustin federico gonzalo ignacio ezequiel maximiliano leandro cristian hernan mariano marcelo gustavo fernando roberto ricardo daniel ' +
    'eduardo alberto oscar hector raul sergio ruben mario victor hugo alejandro andres gabriel rafael adrian fabian guillermo esteban leonardo ' +
    'rodrigo ramiro emiliano bautista benjamin felipe thiago bruno lautaro valentin simon dante ian manuel antonio francisco javier enrique ' +
    'alfredo ernesto arturo julio cesar angel damian german ivan jesus joel kevin brian jonathan alan axel nahuel gaston walter omar cristobal ' +
    'anibal nestor norberto osvaldo rolando tobias ulises uriel elias isaac samuel david moises abel ramon salvador vicente gregorio ' +
    'john james robert michael william richard joseph thomas charles christopher matthew anthony mark donald steven paul andrew joshua kenneth ' +
    'george edward brian ronald timothy jason jeffrey ryan jacob gary nicholas eric stephen larry justin scott brandon frank gregory raymond ' +
    'patrick jack dennis jerry tyler aaron henry peter adam nathan zachary douglas kyle noah ethan jeremy liam mason logan lucas oliver harry ' +
    'mary jennifer linda elizabeth susan jessica sarah karen lisa nancy betty sandra margaret ashley kimberly emily donna michelle carol amanda ' +
    'melissa deborah stephanie rebecca sharon cynthia kathleen amy angela shirley anna ruth brenda pamela nicole katherine samantha christine ' +
    'helen debra rachel carolyn janet catherine heather diane julie joyce kelly lauren evelyn joan judith megan cheryl hannah jacqueline martha ' +
    'gloria ann anne teresa kathryn sophia charlotte amelia ella grace chloe lily zoe tom tim ben sam alex chris kate jane jim joe bob dave mike ' +
    'steve dan matt nick tony greg jeff rob jenny sally lucy alice claire fiona emma rosie sophie priya wei fatima mohammed ahmed ali omar ' +
    'beto pepe paco nacho fede mati nico santi tomi agus sofi juli guille ale seba facu maxi dani gabi vicky cami'
  ).split(/\s+/),
);

/** Small words inside a name: "María de los Ángeles", "van der Berg". */
export const nameParticles: ReadonlySet<string> = new Set(
  'de del la las los da do dos das di von van der den y mac mc san santa o'.split(' '),
);
