import type { Want } from '../contract.ts';
import { opening, phrase, type WantRule, words } from './pattern.ts';

const courtesies =
  words(`hi hello hey please pls plz just ok okay so now then and but well alright right sure yes no yeah also simply instead tutor teacher professor
  bro dude man sir first next again great thanks thank+you come+on look listen go+ahead+and you quickly kindly actually at+least only now+please
  ignore+that for+real seriously or really immediately`);

/** Words between a verb and what is asked for; a word outside of the list breaks the request ("give me a hint for the solution"). */
const gap =
  words(`me us it the a an my your this that these those whole entire full complete completed correct right actual real exact final working finished ready all of just
  only please pls now directly simply python javascript java c out up up+with here own very some another simple proper damn freaking fucking for same best possible reference rest+of
  model sample+of official to+me next corrected fixed solved next remaining missing raw plain source translated 's`);
const between = `(?:\\s+${gap}){0,7}`;
const solution = words(
  'code solution solutions answer answers program function method class script implementation algorithm answer+key source fix body snippet version',
);
const work =
  words(`homework assignment assignments exercise exercises problem problems task tasks project lab labs it this that everything coursework question challenge all rest
  thing quiz part pset bug them`);
const whole = words('whole full complete entire finished final working solved');

const make =
  words(`write solve do make code implement finish complete fix repair generate create program develop build continue fill fill+in correct produce resolve
  debug finalize finalise rewrite design type+out type craft compose`);
const give =
  words(`give gimme show send tell provide print output paste reveal share post hand pass display dictate leak spit+out return list spell+out let+me+have let+me+see
  drop throw supply encode repeat present put hide embed insert`);
const modal = `(?:${words(`can could would will may might can't couldn't won't wouldn't`)}\\s+(?:you|u|ya)|you\\s+${words('can may could should must will have+to')})(?:\\s+${words('please pls just kindly maybe possibly at+least then simply quickly now also')})*`;
const wish = `${words(`i+need i+want i'd+like i+would+like i+just+need i+just+want i+really+need i'm+asking i+am+asking i+ask i+order i+allow says+you+can said+you+can said+you+may allowed+you allows+you i+expect we+need would+love i+prefer`)}(?:\\s+for)?\\s+you\\s+(?:to\\s+)?(?:just\\s+|please\\s+)?`;
const need = words(
  `i+need i+just+need i+want i+just+want i'd+like i+would+like i+really+need i+only+want i+only+need we+need need want gimme lemme+see i+demand i+require how+about where+is where's all+i+want+is all+i+need+is i+must+have just+want just+need let+me+see let+me+have`,
);

const otherThing = phrase(
  `(?:${words(`that+fails wrong incorrect expected server hint pseudocode pseudo-code to+my+question name signature argument arguments similar different+problem analogous call error+code
    exit+code complexity documentation means line+of+code status tests? that+is+failing easier practi[cs]e function+does definition`)})`,
);
const lookElsewhere = phrase(
  words(
    `make+sure make+sense do+you do+i make+it+clear makes write+about do+we code+review code+is program+is code+does return+type return+value list+of+tests? do+it+again+myself`,
  ),
);

const delegation: WantRule<Want>[] = [
  { want: 'delegation', pattern: opening(courtesies, `${make}${between}\\s+(?:${solution}|${work})`), unless: lookElsewhere },
  { want: 'delegation', pattern: opening(courtesies, `${give}${between}\\s+${solution}`), unless: otherThing },
  {
    want: 'delegation',
    pattern: phrase(`(?:${modal}|${wish})\\s*${make}${between}\\s+(?:${solution}|${work}|for\\s+me)`),
    unless: phrase(words('do+you make+sure make+sense do+that+again more+hints? fix+the+error+message complete+explanation')),
  },
  { want: 'delegation', pattern: phrase(`(?:${modal}|${wish})\\s*${give}${between}\\s+${solution}`), unless: otherThing },
  {
    want: 'delegation',
    pattern: phrase(
      `(?:please|pls|plz|just|and|then|so|now|but|or)\\s+${give}${between}\\s+${words('code solution solutions answer answers program script')}`,
    ),
    unless: otherThing,
  },
  {
    want: 'delegation',
    pattern: phrase(
      `(?:please|pls|plz|just|(?:rules|instructions|prompt|restrictions)\\s+and|compiler\\s+and|instead)\\s+${make}${between}\\s+(?:${words('code solution program function homework assignment exercise problem task it this everything')})`,
    ),
    unless: phrase(
      words('i+just i+should just+make+sure should+i could+i can+i do+i let+me if+i i+will i+would to+just then+i i+could'),
    ),
  },
  {
    want: 'delegation',
    pattern: phrase(`${make}(?:\\s+\\w+){1,4}\\s+${words('for+me in+my+place on+my+behalf')}`),
    unless: phrase(words('should+i i+will easier what+does does+it what+did how+does explain work+for+me')),
  },
  {
    want: 'delegation',
    pattern: phrase(
      `${need}${between}\\s+(?:${words('code solution solutions answer answers answer+key implementation script')}|${whole}\\s+${words('program function method class thing exercise')})`,
    ),
    unless: phrase(
      words('to+understand wrong incorrect expected that+mine why name different correct+answer+but need+code+that+checks'),
    ),
  },
  {
    want: 'delegation',
    pattern: phrase(
      `${words("what+is what's whats what+would+be what+are tell+me+what")}\\s+(?:${gap}\\s+)*${words('answer answers solution solutions correct+code right+code full+code final+code code+for+this code+for+the')}`,
    ),
    unless: phrase(
      words(
        "wrong expected to+my+question error+code complexity difference supposed best efficient my that+is of+the+test when if approach called what's+the+right+way",
      ),
    ),
  },
  {
    want: 'delegation',
    pattern: phrase(
      `what\\s+(?:${words('should would the')}\\s+)*(?:full\\s+|final\\s+|complete\\s+|correct\\s+)?(?:code|solution)\\s+(?:should|would|must)?\\s*looks?\\s+like`,
    ),
    unless: phrase('(?:my|if)'),
  },
  {
    want: 'delegation',
    pattern: new RegExp(
      `^(?:${courtesies}\\s+)*(?:${gap}\\s+)*${words('solution solutions answer answers code')}(?:\\s?\\?|\\s+(?:${gap}|now|asap|for|exercise|problem|question|\\d+|in|no\\s+explanations?|nothing\\s+else))*$`,
    ),
    unless: phrase(words('my+code my+solution my+answer this+code that+code here+my')),
  },
  // The whole of it, however the sentence is built around it: "explain it with the full code of the solution".
  {
    want: 'delegation',
    pattern: phrase(
      `${words('full whole complete entire finished working')}\\s+(?:\\w+\\s+)?${words('code solution program implementation answer')}`,
    ),
    unless: phrase(words('my mine i+wrote i+have i+pasted have+written is+here went+through your+idea i+tested')),
  },
  // To see or to have it.
  {
    want: 'delegation',
    pattern: phrase(
      `(?:${words('can could may might')}\\s+(?:i|we)|${words('want need like love let+me')}\\s+to)\\s+(?:please\\s+|just\\s+)?${words('have see get copy look+at view take read know receive obtain peek+at')}${between}\\s+${words('code solution solutions answer answers answer+key implementation')}`,
    ),
    unless: phrase(words('my why if same+answer expected from+my to+run that+fails to+work wrong in+my')),
  },
  {
    want: 'delegation',
    pattern: phrase(
      `(?:and|then|to)\\s+(?:${words('write solve complete finish implement code program')})\\s+(?:me\\s+)?(?:it\\s+(?:all|for|in)|(?:the|this)\\s+(?:whole|entire|full|complete|rest)?\\s*(?:${words('function program code solution exercise assignment method class')}))`,
    ),
    unless: phrase("(?:i|i'm|i'd|i'll|we|how|help|trying|tried|had|have|should|need|wants)"),
  },
  { want: 'delegation', pattern: phrase(`you\\s+to\\s+(?:${give}|${make})${between}\\s+${solution}`), unless: otherThing },
  {
    want: 'delegation',
    pattern: phrase(`if\\s+you\\s+(?:don't|do\\s+not|won't|refuse\\s+to)\\s+(?:${give}|${make})${between}\\s+${solution}`),
  },
  {
    want: 'delegation',
    pattern: phrase(
      `what\\s+(?:the|this)\\s+(?:${words('finished full complete final completed whole correct working')}\\s+)+${words('function code program solution class method')}\\s+(?:should\\s+|would\\s+)?looks?\\s+like`,
    ),
  },
  // One line at a time, and to copy.
  {
    want: 'delegation',
    pattern: phrase(
      `(?:${give}(?:\\s+me)?|what\\s+is|what's|whats|what\\s+would\\s+be|${make}|and|now)${between}\\s+${words('first second third fourth next last following')}\\s+line`,
    ),
    unless: phrase(words('error do does print output wrong mean fail fails file input problem')),
  },
  {
    want: 'delegation',
    pattern: phrase(`(?:${give}|${make}|tell)(?:\\s+\\w+){0,4}\\s+(?:line\\s+by\\s+line|one\\s+line\\s+at\\s+a\\s+time)`),
    unless: phrase(words('explain my walk went read')),
  },
  {
    want: 'delegation',
    pattern: phrase(
      words(
        'copy+and+paste copy-paste copy+paste so+i+can+copy to+copy+it ready+to+submit ready+to+hand+in that+i+can+submit i+can+just+submit so+i+can+submit so+i+can+hand',
      ),
    ),
    unless: phrase(words("copy+a i+don't is+it is+my i+copied i+did my+code copy+the+list")),
  },
  {
    want: 'delegation',
    pattern: phrase(
      `${words('tell+me show+me dictate say')}\\s+(?:exactly|literally|word\\s+for\\s+word|precisely)\\s+(?:what|which)`,
    ),
  },
  { want: 'delegation', pattern: phrase(`what\\s+(?:exactly|literally)\\s+(?:do|should|must)\\s+i\\s+(?:write|type|put|paste)`) },
  {
    want: 'delegation',
    pattern: phrase(`what\\s+(?:do|should|must)\\s+i\\s+(?:write|type|put|paste)\\s+(?:exactly|word\\s+for\\s+word)`),
  },
  {
    want: 'delegation',
    pattern: phrase(`${words('translate convert port encode reverse')}${between}\\s+${words('solution answer reference')}`),
    unless: phrase('(?:my)'),
  },
  {
    want: 'delegation',
    pattern: phrase(`${words('do+it solve+it write+it code+it finish+it')}\\s+(?:yourself|for\\s+me|instead\\s+of\\s+me)`),
  },
  {
    want: 'delegation',
    pattern: phrase(`you\\s+${words('do write solve code finish')}\\s+(?:it|this|the\\s+rest)`),
    unless: phrase(words('how+do how+would how+did what+do if+you when+you')),
  },
];

export const englishNegation =
  /(?:^|\s)(?:don't|dont|do not|not|without|never|doesn't|didn't|instead of|rather than|no need to|avoid|aren't|isn't|wouldn't)(?:\s+(?:me|to|you|want|need|asking|asked|for|just|please|have|be|looking|i|simply|actually|ask|that))*\s*$/;

const others: WantRule<Want>[] = [
  {
    want: 'run-tests',
    pattern: phrase(`(?:run|execute|try|rerun|re-run)(?:\\s+\\w+){0,3}\\s+(?:tests?|code|program|it|cases)`),
    unless: phrase(
      words('when i+run after+i it+runs i+ran i+tried how let+me if+i once+i to+run i+try i+will+run i+can+run error'),
    ),
  },
  {
    want: 'submit',
    pattern: phrase(
      words(
        `submit+it submit+my submit+this i+submit want+to+submit ready+to+submit turn+it+in hand+it+in hand+in+my turn+in+my deliver+my upload+my submitting`,
      ),
    ),
    unless: phrase(words('before+i+submit how+do when can+i+submit+late tell+me')),
  },
  {
    want: 'frustration',
    pattern: phrase(
      words(`frustrat\\w* give+up giving+up fed+up sick+of hate hopeless impossible useless stupid dumb ugh+\\w* ugh argh for+hours hours+on all+day all+night nothing+works can't+do+this can't+take losing+my+mind going+crazy desperate
    exhausted tired+of i'm+done i+suck so+annoying annoyed overwhelmed stressed drop+this+course worst quit i+swear too+hard driving+me`),
    ),
  },
  {
    want: 'hint',
    pattern: phrase(
      words(
        'hints? nudge clue tip tips pointer+please push+in+the+right+direction point+me more+guidance some+guidance suggest guide+me pointers',
      ),
    ),
  },
  {
    want: 'example',
    pattern: phrase(words('example examples use+cases? similar+problem analogy sample')),
    unless: phrase(
      words(
        'for+example in+the+example example+cases? the+first+example example+input the+example+says sample+input example+output the+example+above second+example third+example example+the+input',
      ),
    ),
  },
  {
    want: 'metacognition',
    pattern: phrase(
      words(`i+realize\\w* i+realis\\w* i+noticed i+notice+that i+learned i+learnt i+tend+to my+way+of my+mistake+was i+always+forget i+always+mix next+time i+should+have i+rushed overthinking overcomplicating how+should+i+study i+was+thinking
    misread my+thinking my+misunderstanding now+i+understand+why reflecting i+assumed i+see+now i+see+it+now that+makes+sense study+habits thought+process keep+making`),
    ),
  },
  {
    want: 'validation',
    pattern: phrase(
      words(`^should+i is+this+right is+it+right is+that+right is+this+correct is+it+correct is+that+correct correct\\? right\\? look+right look+like+this looks+ok looks+good on+the+right+track can+you+check check+my check+this+please review verify make+sense\\? makes+sense\\? would+that+work
    will+that+work would+this+work does+this+work will+this+work is+my+\\w*\\s?(?:right|correct|ok|good|fine) is+this+ok be+the+correct is+it+okay was+i+supposed did+i am+i+right am+i+doing is+this+the+right would+it+be would+this have+i`),
    ),
  },
  {
    want: 'plan',
    pattern: phrase(
      words(`my+plan my+approach my+idea my+strategy i+plan i'm+going+to i+am+going+to i'm+planning i+will i'll i+would+first first+i i+think+i+should i+should i+chose i+decided i+used+\\w+\\s*because i+want+to+use i+thought+of i+thought+about i+was+going+to
    i+could i+can i+would+use i'd+use we+need+to i+need+to i+would`),
    ),
  },
  {
    want: 'explanation',
    pattern: phrase(
      words(`what+is what's what+are what+does what+do what+did why how+do how+does how+can how+could how+to how+should how+would how+is how+come explain difference when+to when+should when+would meaning mean means what+happens which+is which+one which+data understand+how what+kind
    what+type what+should purpose clarify can+i is+there do+i+need do+i+have where+does simplify advantages`),
    ),
    unless: phrase(words("not+sure+what don't+know+why don't+know+what don't+know+how")),
  },
  {
    want: 'confusion',
    pattern: phrase(
      words(
        `don't+understand do+not+understand don't+get didn't+get confus\\w* lost don't+know dont+know no+idea not+sure unsure no+clue makes+no+sense doesn't+make+sense unclear can't+figure can't+tell not+following mixed+up what\\? don't+see`,
      ),
    ),
  },
  {
    want: 'hint',
    pattern: phrase(
      words(
        `help stuck where+do+i+start what+should+i+do what+do+i+do+next what+next blocked failing fails fail doesn't+work isn't+working not+working error assist wrong`,
      ),
    ),
  },
];

export const englishRules: readonly WantRule<Want>[] = delegation;
export const englishWants: readonly WantRule<Want>[] = others;
