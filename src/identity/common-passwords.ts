/**
 * What breached passwords are made of, in the notation that the policy folds to: lower case, no accents. One word stands for all that
 * people make of it ("P@ssw0rd2024!"), which is why a few hundred reach further than a list of many thousand whole passwords. Picked
 * from the top of public lists of breached passwords, in English and Spanish: words, names, clubs, cities, brands, swearing.
 */
export const commonWords: ReadonlySet<string> = new Set(
  `
  password passwd passphrase passcode pass contrasena contrasenia contra clave secreta secreto secret secrets acceso entrar entrada
  login signin welcome bienvenido bienvenida bienvenidos admin administrator administrador administracion root superuser user usuario
  guest invitado test testing tester prueba pruebas demo example ejemplo default temporal temp changeme change cambiar cambiame letmein
  letmeinnow openup abrete opensesame access master maestro server servidor system sistema oracle mysql postgres cisco
  computer computadora ordenador internet google gmail hotmail yahoo outlook facebook instagram whatsapp twitter youtube tiktok netflix
  spotify amazon microsoft windows apple iphone samsung android linux ubuntu nintendo playstation xbox minecraft roblox fortnite pokemon
  naruto dragon dragonball goku vegeta superman batman spiderman ironman avengers marvel starwars skywalker yoda matrix hunter ranger
  monkey shadow sunshine princess princesa prince principe queen reina king rey angel angels angelito diablo devil demon heaven cielo
  jesus jesucristo jesusteamo cristo christ dios diosesamor god godisgood virgen maria jose josemaria juan juanita carlos carlitos luis
  luisa miguel miguelangel jorge pedro pablo diego diegote lionel andres andrea alejandro alejandra alex alexander alexandra
  fernando fernanda daniel daniela david gabriel gabriela martin martina santiago sebastian sofia valentina valentin camila camilo lucia
  lucas mateo matias nicolas nicole natalia agustin agustina tomas ignacio nacho joaquin benjamin bruno franco francisco paco pepe
  francisca guadalupe lupita rosa rosario carmen pilar dolores mercedes isabel isabella elena laura marta monica patricia paola paula
  sandra silvia susana teresa veronica victoria viviana ximena yolanda antonio antonia alberto alfredo alvaro arturo cesar claudia
  cristian cristina cristiano eduardo enrique esteban felipe gonzalo gustavo hector hugo ivan javier jesica jessica joel jonathan
  julian julia julio leonardo leon manuel manuela marcelo marcos marcela mario mauricio oscar rafael ramon raul ricardo roberto rodrigo
  ruben salvador samuel sergio vicente victor garcia gonzalez rodriguez fernandez lopez martinez sanchez perez gomez diaz torres ramirez
  michael michelle jennifer jordan ashley amanda anthony andrew austin brandon charlie chelsea chris christian christopher danielle
  dennis donald edward elizabeth emily emma eric ethan george hannah harley heather jack jackson jacob james jasmine jason jeremy jessie
  john johnny jonathan joseph joshua justin katherine kevin kimberly kristen lauren madison maggie mark matthew megan melissa mercedes
  mickey molly morgan natasha nathan nathalie olivia patrick peter phoenix rachel rebecca richard robert ryan samantha sarah scott
  sophie stephanie steven summer taylor thomas tiffany tigger trevor tyler vanessa victoria vincent william zachary
  love lovely lover loveme loveyou iloveyou iloveu ilove amor amores amorcito amoreterno miamor mivida vida teamo teamomucho tequiero
  tequieromucho tekiero corazon corazoncito besos beso novio novia esposa marido familia family mama mami papa papi mamapapa mimama
  hijo hija hijos bebe baby babygirl girl boy bonita bonito hermosa hermoso linda lindo preciosa guapa guapo chica chico nena nene
  feliz felicidad happy alegria sonrisa smile friend friends amigo amiga amigos amistad forever porsiempre siempre
  football futbol soccer baseball basketball basquet tennis tenis hockey golf rugby boca bocajuniors river riverplate racing
  independiente sanlorenzo estudiantes rosariocentral newells talleres velez huracan argentina argentino messi maradona barcelona barca
  realmadrid madrid atletico sevilla betis valencia athletic liverpool arsenal chelsea manchester united juventus milan america chivas
  pumas cruzazul monterrey tigres nacional penarol colocolo universidad alianza millonarios santafe flamengo corinthians palmeiras
  cordoba rosario mendoza buenosaires laplata marplata santiago lima bogota medellin cali quito caracas mexico peru chile colombia
  venezuela uruguay paraguay bolivia ecuador espana spain brasil brazil italia france london newyork texas california boston chicago
  dallas yankees lakers cowboys steelers eagles patriots redsox ferrari mercedes porsche mustang corvette camaro yamaha suzuki honda
  toyota renault peugeot nissan
  summer verano winter invierno spring primavera autumn otono fall enero febrero marzo abril mayo junio julio agosto septiembre octubre
  noviembre diciembre january february march april june july august september october november december lunes martes miercoles jueves
  viernes sabado domingo monday tuesday wednesday thursday friday saturday sunday navidad christmas
  red blue green yellow orange purple black white silver golden rojo roja azul verde amarillo negro negra blanco blanca morado rosa
  sol luna estrella estrellas estrellita star stars moon sun flower flowers flor flores mariposa butterfly gato gatito perro perrito
  gatita cachorro tigre leones lobo oso osito pajaro conejo caballo delfin dolphin tiger lion wolf bear eagle panther horse
  puppy kitty hellokitty cat dog snoopy garfield bandit buster ginger pepper cookie chocolate banana cherry strawberry fresa manzana
  naranja limon coffee cafe cerveza beer pizza cheese butter sugar honey candy caramelo dulce
  hola holamundo hello helloworld hellohello buenas chau adios goodbye gracias thanks porfavor please
  fuck fucker fuckyou fuckoff fuckme shit bitch asshole pussy sexy sex porno penis mierda puta puto hijodeputa boludo pelotudo
  pendejo cabron chinga verga culo concha carajo joder coño cono maricon
  trustno trustnoone whatever nothing nada nose nosenose nolose nadie anybody money dinero plata freedom libertad power poder
  killer ninja pirate soldier warrior guerrero legend leyenda hacker cool awesome thunder lightning storm fire fuego agua water
  rocky rambo rock rocknroll metallica nirvana slipknot beatles music musica guitar guitarra dance baile
  school escuela colegio college universitario student estudiante teacher profesor profesora clase office oficina trabajo work empresa
  company negocio business hotel tienda shop salon studio clinica clinic reserva reservas recepcion reception secretaria gerente boss
  jefe doctor doctora abogado ingeniero
  abc abcd asdf zxcv qwer qwert azerty qazwsx zaq
  `
    .trim()
    .split(/\s+/)
    .map((word) => word.normalize('NFD').replace(/\p{M}/gu, '')),
);

/** Alphabets and rows of keyboards (English, Spanish, French) that fingers walk along, forwards and backwards. */
const walks = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkln',
  'asdfghjkl;',
  'zxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'qweasdzxc',
  '147258369',
  '159753',
  '789456123',
  '!@#$%^&*()',
  '!"#$%&/()=',
];

/** All walks in both directions; `|` keeps them apart. */
export const keyboardWalks: string = walks.flatMap((walk) => [walk, [...walk].reverse().join('')]).join('|');
