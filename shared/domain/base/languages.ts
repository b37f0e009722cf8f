import { spokenWords } from './text.ts';

/** Scripts that one language, or one family of them, is written in, by the name that is told to people. */
const scripts: readonly (readonly [RegExp, string])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 'Japanese'],
  [/\p{Script=Han}/gu, 'Chinese'],
  [/\p{Script=Hangul}/gu, 'Korean'],
  [/\p{Script=Thai}/gu, 'Thai'],
  [/\p{Script=Lao}/gu, 'Lao'],
  [/\p{Script=Khmer}/gu, 'Khmer'],
  [/\p{Script=Myanmar}/gu, 'Burmese'],
  [/\p{Script=Cyrillic}/gu, 'Russian'],
  [/\p{Script=Greek}/gu, 'Greek'],
  [/\p{Script=Arabic}/gu, 'Arabic'],
  [/\p{Script=Hebrew}/gu, 'Hebrew'],
  [/\p{Script=Devanagari}/gu, 'Hindi'],
  [/\p{Script=Bengali}/gu, 'Bengali'],
  [/\p{Script=Tamil}/gu, 'Tamil'],
  [/\p{Script=Telugu}/gu, 'Telugu'],
];

const writings: readonly (readonly [RegExp, string])[] = [
  [/\p{Script=Latin}/u, 'Latin'],
  // Japanese is written in three scripts, one of them Chinese.
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u, 'Han'],
  [/\p{Script=Hangul}/u, 'Hangul'],
  [/\p{Script=Thai}/u, 'Thai'],
  [/\p{Script=Cyrillic}/u, 'Cyrillic'],
  [/\p{Script=Arabic}/u, 'Arabic'],
  [/\p{Script=Devanagari}/u, 'Devanagari'],
  [/\p{Script=Greek}/u, 'Greek'],
  [/\p{Script=Hebrew}/u, 'Hebrew'],
];

/** The writing of a word, by its first letter; null where it has none, `other` for writings not told apart. */
export function writingOf(word: string): string | null {
  const letter = /\p{L}/u.exec(word)?.[0];
  if (letter === undefined) return null;
  return writings.find(([pattern]) => pattern.test(letter))?.[1] ?? 'other';
}

/** Words by which a language in Latin letters is known: those that say nothing of what a text is about. */
export const functionWords: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    English: `the a an is are was were be been i you he she we they my your our their me him her us them it its it's i'm i've
      this that these those what which who when where why how and or but if because so of to in on at by for from with about
      can could will would shall should do does did don't doesn't didn't can't won't have has had haven't hasn't not no any
      some there here please get got need want just still after before than then up out off into`,
    German: `der die das dem den des ein eine einen einem einer ich du er sie es wir ihr mir mich dir dich uns euch mein meine
      meinen meinem meiner mein ihre ihren und oder aber nicht kein keine ist sind war hat habe haben wird werden kann können
      möchte muss wie was wer wo wann warum welche für mit auf von vom zu zum zur bei nach aus über unter an am im ins bitte
      danke auch noch schon nur sehr wenn dass weil hallo`,
    French: `le la les un une des du de au aux je tu il elle nous vous ils mon ma mes votre vos son sa ses ce cet cette ces et
      ou mais donc ne pas plus est sont suis ai avez été être avoir peux pouvez puis-je veux voudrais comment quand où
      pourquoi quel quelle quels combien pour avec sans sur dans par que qui quoi c'est n'est j'ai merci bonjour s'il plaît
      très bien aussi toujours encore depuis`,
    Spanish: `el la los las un una unos unas de del al y o pero no sí es son está están soy yo tú usted me te se nos mi mis su
      sus tu este esta esto ese esa qué cómo cuándo dónde cuál quién por para con sin sobre en desde hasta que porque quiero
      quisiera puedo puede necesito tengo tiene he ha hay gracias hola favor muy más también todavía ya cuenta`,
    Italian: `il lo la i gli le un uno una di del della dei delle al alla da dal dalla in nel nella con su sul per e o ma non
      è sono ho hai ha io tu lei noi mi ti si ci mio mia miei mie suo sua questo questa che chi come quando dove perché quale
      quanto posso può vorrei voglio devo grazie ciao buongiorno favore molto più anche ancora già`,
    Portuguese: `o a os as um uma de do da dos das em no na nos nas por pelo pela para com sem e ou mas não é são está estão
      eu você ele ela nós me te se meu minha meus minhas seu sua este esta isso isto que quem como quando onde porque qual
      quanto posso pode quero queria preciso tenho tem obrigado obrigada olá favor muito mais também ainda já`,
    Dutch: `de het een en of maar niet geen is zijn was heb heeft hebben wordt kan kunnen wil moet ik je jij u hij zij we wij
      mij me mijn uw jouw ons onze deze dit die dat wat wie waar wanneer waarom hoe welke van voor met op aan bij naar uit over
      om te door als nog ook al wel er alstublieft bedankt hallo graag`,
    Swedish: `det den en ett och eller men inte är var har hade kan vill ska jag du han hon vi ni de mig dig oss min mitt mina
      din ditt er hur vad när var varför vilken för med på av till från om i att som sig så tack hej snälla också`,
    Finnish: `on ei en et emme eivät ja tai mutta että jos kun koska minä sinä hän me te he minun sinun minulla minulle sen se
      tämä tuo mikä mitä missä mistä milloin miten miksi kuinka kuka voin voiko voitteko haluan haluaisin olen oli ovat ole
      olisi onko kanssa ilman vielä jo myös vain nyt kiitos hei terve`,
    Polish: `i w z na do od po za o u jest są był nie tak ale lub czy że jak kiedy gdzie dlaczego co kto który ja ty on ona my
      mój moja moje mnie mi się swoje ten ta to tego proszę dziękuję chcę mogę mam dla przez bez już jeszcze też`,
    Czech: `a v z na do od po za o u je jsou byl není ne ale nebo že jak kdy kde proč co kdo který já ty on ona my můj moje mi
      mně se si ten ta to prosím děkuji chci mohu mám pro bez už ještě také`,
    Turkish: `bir ve veya ama değil bu şu o ben sen biz siz benim bana beni için ile gibi kadar nasıl ne zaman nerede neden
      hangi kim var yok mı mi mu mü lütfen teşekkürler merhaba istiyorum çok daha henüz da de`,
    Indonesian: `yang dan di ke dari untuk dengan tidak bukan saya kami anda ini itu apa bagaimana kapan mana mengapa bisa
      sudah belum akan ada juga tolong terima kasih mau ingin`,
    Vietnamese: `tôi của là và không có được cho với này đó gì như thế nào khi ở đâu tại sao bạn mình đã chưa sẽ cũng xin cảm
      ơn muốn làm`,
    'Hindi in Latin letters': 'hai kya mera meri mujhe kaise nahi aur mein karo chahiye ko ka ki ke hain kab kahan',
    Tagalog: 'ang ng sa ko po paano gusto ano kailan saan hindi naman ito mga',
  }).map(([language, words]) => [language, new Set(words.trim().split(/\s+/))]),
);

/** What is read of one text, in UTF-16 code units. */
const charactersRead = 2_000;

/**
 * The language that a text is likeliest in, by its script and, in Latin letters, by its function words; null where they
 * do not tell: a few words, names, codes. No more than a guess, good for counting over many texts. Linear.
 */
export function languageOf(text: string): string | null {
  const read = text.slice(0, charactersRead);
  return languageOfWords(spokenWords(read), read);
}

/** As {@link languageOf}, of a text whose spoken words are known. */
export function languageOfWords(words: readonly string[], text: string): string | null {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0) return null;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  if (latin < letters) {
    const counted = scripts.map(([pattern, name]) => ({ name, count: text.match(pattern)?.length ?? 0 }));
    const kana = counted[0]?.count ?? 0;
    // Japanese is written with Chinese characters too.
    if (kana > 0 && kana + (counted[1]?.count ?? 0) >= letters / 4) return 'Japanese';
    const most = counted.reduce((best, each) => (each.count > best.count ? each : best));
    // A Latin word, such as a product's name, has more letters than a word of many other scripts.
    if (most.count >= letters / 4) return most.name;
  }
  return byFunctionWords(words);
}

function byFunctionWords(words: readonly string[]): string | null {
  let best: string | null = null;
  let most = 0;
  let second = 0;
  for (const [language, forms] of functionWords) {
    let count = 0;
    for (const word of words) if (forms.has(word)) count += 1;
    if (count > most) {
      second = most;
      most = count;
      best = language;
    } else if (count > second) second = count;
  }
  return most > second ? best : null;
}

/** In how many of the texts that tell their language each language is. */
export function countLanguages(texts: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const language = languageOf(text);
    if (language !== null) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  return counts;
}
