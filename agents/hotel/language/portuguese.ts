/** Portuguese is recognised and answered once; it is not understood. */
import { foldText } from '../../../src/dialogue.ts';

/** Words that Spanish and English do not have, folded. */
const words = new Set(
  (
    'voce voces nao sim obrigado obrigada ola oi tudo bem bom boa dia quarto quartos cama casal cafe manha quanto custa preco precos reserva reservar gostaria preciso posso tem tenho temos ' +
    'para pra com em uma um de do da dos das no na ao aos pela pelo meu minha seu sua nossa qual quais onde fica quando amanha hoje noite noites crianca criancas pessoas adulto adultos ' +
    'alterar cancelar estadia hospedagem vaga vagas disponivel disponiveis chegada saida valeu tchau ate logo certeza agradeco pagamento cartao'
  ).split(' '),
);
const surely = new Set(
  (
    'voce voces nao obrigado obrigada ola oi quarto quartos cafe manha gostaria preco precos meu minha onde fica amanha hoje noite noites crianca criancas pessoas sim quero errado nem conte tchau valeu certeza agradeco ' +
    'pela das uma em tem tenho posso bom boa dia disponivel disponiveis logo qual quais quanto custa seu sua saida chegada cartao pagamento alguma algum quao longe ' +
    'muito muita eu voces certo perto concordo pedido turisticos minha travesseiros isso estao fazer faca pode podem poderia melhor bem horas servido'
  ).split(' '),
);
const spanish = new Set(
  'el la los las un una y en con mi su bar spa hotel bien usted ustedes tienen tenes hola gracias quiero necesito puedo habitacion habitaciones noche noches dia dias bueno buenos buenas donde cuanto seria preciso pelo dos sobre tipos cuesta sale precio precios manana hoy personas reserva esta estan para del al que hay es muy mas tiene'.split(
    ' ',
  ),
);
const english = new Set('the a an of and is are do you have what how much room i my for to can with please no not'.split(' '));
/** Letters and endings of Portuguese alone. */
const marks = /[ãõâêôç]|ção|ções|nh[aoe]|lh[aoe]\b|(?<!\p{L})(?:é|à|vocês?|quê|há|às)(?!\p{L})/iu;

/** True where a text is Portuguese rather than Spanish or English. Short texts that could be either ("reserva", "no") are not. */
export function isPortuguese(text: string): boolean {
  const plain = text.slice(0, 500).replaceAll(/\S+@\S+/g, ' ');
  const said = foldText(plain).match(/[a-z']+/g) ?? [];
  if (said.length === 0) return false;
  let portuguese = marks.test(plain) ? 2 : 0;
  let other = /[ñ¿¡]/u.test(plain) ? 3 : 0;
  for (const word of said) {
    const both = spanish.has(word) || english.has(word);
    if (surely.has(word) && !both) portuguese += 1;
    else if (words.has(word) && !both) portuguese += 0.5;
    if (both && !words.has(word) && !surely.has(word)) other += 1;
  }
  return portuguese > other && portuguese >= 1 && (portuguese >= 1.5 || said.length <= 3);
}
