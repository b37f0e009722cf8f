/** A way to attack a model through its input, and how sure it is that a text with it is an attack. */
export interface AttackPattern {
  readonly pattern: RegExp;
  readonly weight: number;
}

/**
 * Between two words of a pattern: a few signs, or nothing at all (letters pulled apart lose their blanks). Bounded, as
 * all here.
 */
const gap = '[^a-z0-9]{0,6}';
// An apostrophe between two letters belongs to the word, any other to what is between words: where it could be either,
// a row of them could be read in more ways than can be tried.
const sign = "(?:[^a-z0-9']|(?<![a-z])'|'(?![a-z]))";
const word = "[a-z](?:[a-z]|'(?=[a-z])){0,19}";
/** Up to three words in between. */
const few = `(?:${sign}{0,6}${word}){0,3}?${gap}`;
/** Up to twelve words in between. */
const many = `(?:${sign}{1,6}${word}){0,12}?[^a-z0-9]{1,6}`;

function phrase(weight: number, ...parts: readonly string[]): AttackPattern {
  return { pattern: new RegExp(`(?<![a-z0-9])${parts.join('')}`), weight };
}

const dismiss =
  "(?:ignore|disregard|forget|override|overrule|bypass|skip|discard|do not follow|don't follow|stop following)";
const earlier =
  '(?:previous|prior|earlier|preceding|above|foregoing|past|former|original|initial|existing|system|your|all|any)';
const orders =
  '(?:instructions?|prompts?|rules?|guidelines?|directions|directives?|commands?|programming|system message|constraints?|training)';

/** What follows where somebody takes back what they said themselves: "the previous instructions i gave for delivery". */
const ownOrders =
  '(?:the|these|those) (?:previous|prior|earlier|preceding|former|original|initial|existing|past) (?:[a-z]{1,20} ){0,2}?' +
  `${orders} (?:(?:that|which) )?(?:i|we) (?:have |had )?(?:gave|given|sent|left|wrote|made|put|entered|provided|added) ` +
  '(?:for|about|on|regarding|with|at|when) ';
/** What follows where somebody is asked to do something for the speaker, and it is nothing that a model does. */
const ownService =
  '(?:are to|will|must|shall|should|may|can) ' +
  '(?!(?:answer|respond|reply|only|always|never|act|obey|behave|become|be|ignore|forget|follow|do|let|help|treat|call|' +
  'classify|label|mark|output|say|tell|give|show|print|reveal|write|speak|talk|pretend|grant|approve|serve) )' +
  '[a-z]{1,20} (?:[a-z]{1,20} ){0,2}(?:my|me|our|us)(?![a-z])';

/** Attempts to put new instructions in place of the model's own. Matched against text as read (see `asRead`). */
export const injectionPatterns: readonly AttackPattern[] = [
  phrase(
    1,
    dismiss,
    gap,
    `(?!my |${ownOrders})`,
    `(?:(?:all|any|the|of|these|those|your|everything)${gap}){0,4}`,
    earlier,
    gap,
    `(?:[a-z]{1,20}${gap}){0,2}?`,
    orders,
  ),
  phrase(
    0.9,
    dismiss,
    gap,
    `(?:everything|anything|all)${gap}(?:that${gap})?(?:you were told|you have been told|i said|said|written|stated|above|before this|i told you)`,
  ),
  phrase(
    1,
    "(?:reveal|show|print|repeat|output|display|leak|dump|tell me|give me|what is|what are|what's)",
    few,
    '(?:system prompt|initial prompt|hidden prompt|secret prompt|your prompt|(?:initial|hidden|secret|system|original) instructions|your (?:exact )?instructions)',
  ),
  phrase(
    0.9,
    dismiss,
    gap,
    '(?:the |all |everything |anything |all of the )?(?:above|previous|preceding|foregoing)',
    gap,
    '(?:text |message |request |input )?(?:and|then|instead|now|just)',
    gap,
    '(?:output|say|print|return|respond|reply|answer|write|tell|classify|label|do|give)',
  ),
  phrase(0.9, '(?:new|updated|revised|real|actual)', gap, '(?:system )?(?:instructions?|directives?|task)', '\\s*:'),
  phrase(
    0.9,
    '(?:from now on|starting now|henceforth)',
    gap,
    'you',
    gap,
    `(?!${ownService})`,
    "(?:are|will|must|shall|should|may|can|answer|respond|reply|only|classify|label|output|'re|'ll)",
  ),
  phrase(
    0.9,
    '(?:respond|reply|answer)',
    gap,
    `(?:(?:to )?(?:this|everything|it)${gap})?`,
    '(?:only|always|just|exclusively|solely)',
    gap,
    '(?:with|by saying|by)',
  ),
  phrase(
    0.9,
    '(?:always|only|just|instead|and|must|then)',
    gap,
    '(?:output|return|print|respond with|answer with|say)',
    gap,
    '(?:only )?(?:the )?(?:exact )?(?:word|words|label|phrase|string|text|class|category|intent|token)s?\\b',
  ),
  phrase(
    1,
    '(?:classify|label|mark|categori[sz]e|tag|treat|route)',
    gap,
    '(?:this|it|the following|all|everything|any|the above)',
    few,
    '(?:as|with|to)',
    gap,
    '(?:the |a |an )?(?:label |class |category |intent )?(?:["\'][a-z_ ]+["\']|[a-z]+_[a-z_]+|not spam|ham|safe|positive|negative|approved|benign|legitimate)',
  ),
  {
    pattern:
      /<\|(?:im_start|im_end|system|user|assistant|endoftext|begin_of_text|eot_id|start_header_id)\|?>?|\[\/?inst\]|<<\/?sys>>/,
    weight: 1,
  },
  {
    pattern:
      /<\/?(?:system|assistant|instructions?|prompt)>|(?<!#)#{2,} ?(?:system|instructions?|new task|override)\b|\[(?:system|override)\]|(?<!-)-{3,} ?(?:end|begin|start) (?:of )?(?:system|user|prompt|instructions?)/,
    weight: 0.9,
  },
  {
    pattern:
      /^(?:(?:system|assistant|developer) ?(?:prompt|message|override|note) ?: ?\S|(?:system|assistant|developer) ?: ?(?:you |your |ignore|forget|the (?:user|next|following)|from now|new |always|respond|reply|answer|classify|label|output|return|print|set |switch|enable|disable|grant|approve|treat|all ))/,
    weight: 0.8,
  },
  {
    pattern:
      /(?<![a-z])(?:system|admin|root|developer|security|maintenance) override(?![a-z])|override (?:code|mode|protocol)/,
    weight: 0.8,
  },
  phrase(
    1,
    '(?:ignor[ae]|olvid[ae]|omit[ae]|desobedec[ae])',
    gap,
    `(?:tod[ao]s ${gap})?(?:las ${gap}|mis ${gap})?`,
    '(?:(?:instrucciones|reglas|indicaciones|ordenes) (?:anteriores|previas|de arriba|del sistema|iniciales|originales)|(?:tus|sus) (?:instrucciones|reglas|indicaciones|ordenes))',
  ),
  phrase(
    1,
    '(?:ignore[zr]?|oublie[zr]?|ne tiens pas compte)',
    few,
    '(?:(?:instructions?|consignes|regles) (?:precedentes?|anterieures?|ci-dessus|initiales|du systeme)|(?:tes|vos) (?:instructions|consignes|regles))',
  ),
  phrase(
    1,
    '(?:ignorier(?:e|en)?|vergiss|missachte)',
    few,
    '(?:(?:bisherigen?|vorherigen?|vorigen?|obigen?|fruheren?|ursprunglichen?|vorangegangenen?|vorstehenden?|deine[n]?|eure[n]?|ihre[n]?|systemweiten?) (?:anweisungen|instruktionen|regeln|vorgaben))',
  ),
  phrase(
    1,
    '(?:ignora|ignore|dimentica|esqueca|desconsidere)',
    few,
    '(?:(?:istruzioni|instrucoes|regole|regras) (?:precedenti|anteriores|iniziali|iniciais|originais|di sistema|do sistema)|(?:tue|suas|tuas) (?:istruzioni|instrucoes|regole|regras))',
  ),
  {
    pattern:
      /(?:忽略|无视|忘记|忽視|無視).{0,4}(?:之前|以前|以上|上面|前面|先前|所有|你的|前の|上の).{0,6}(?:指令|指示|规则|提示|命令)|(?:игнорируи|игнорируй|игнорируите|игнорируйте|забудь|забудьте) (?:все )?(?:предыдущие|прежние|прошлые|свои|твои|системные|вышеуказанные|эти)[^.]{0,12}(?:инструкц|правила|указания)/,
    weight: 1,
  },
];

/** Attempts to talk the model out of its limits. */
export const jailbreakPatterns: readonly AttackPattern[] = [
  phrase(
    1,
    '(?:without|free of|ignoring|remove|disable|bypass|bypassing|turn off)',
    gap,
    '(?:any|all|your|all your|any of your)',
    gap,
    '(?:content )?(?:filters?|moderation|guardrails)',
  ),
  phrase(
    1,
    '(?:do anything now|jailbr[eo]a?k(?:en|ed|ing)?|developer mode (?:enabled|on|activated)|(?:enable|enter|activate|switch to)',
    gap,
    '(?:the )?(?:developer|dan|god|debug|unrestricted|sudo|jailbreak) mode(?! (?:on|for|in|of)\\b))',
  ),
  phrase(
    1,
    "(?:you are|you're|act as|become|pretend to be|pretend you are|roleplay as|simulate)",
    gap,
    '(?:now )?(?:a |an |the )?(?:dan\\b|stan\\b|evil|unrestricted|unfiltered|uncensored|amoral|rogue|unlimited|jailbroken)',
  ),
  phrase(
    1,
    '(?:without|no|free of|free from|ignoring|remove|removing|disable|bypass|bypassing|turn off|lift)',
    gap,
    `(?:(?:any|all|the|your|its|of your|ethical|moral|content|safety|usual)${gap}){0,3}`,
    '(?:safety (?:filters?|guidelines|rules|measures|protocols|restrictions|settings)|ethical (?:guidelines|constraints|limits|restrictions)|moral (?:constraints|limits|guidelines)|guardrails|your (?:restrictions|filters|limits|limitations|rules|guidelines|programming))',
  ),
  phrase(
    0.9,
    "(?:you are|you're|pretend|act|imagine|respond|answer|behave)",
    many,
    '(?:without|no|free from|free of|not bound by|has no|have no)',
    gap,
    `(?:(?:any|all|the|ethical|moral|content|safety)${gap}){0,2}`,
    '(?:restrictions|filters?|limitations|limits|rules|guidelines|ethics|morals|censorship|boundaries|constraints)',
  ),
  phrase(
    0.9,
    '(?:pretend|imagine|suppose|act as if|act like)',
    few,
    'you',
    few,
    '(?:have no|are not bound|are free|can do anything|no longer|are human|are my (?:late|deceased|dead))',
  ),
  phrase(
    0.9,
    '(?:act|behave|pose|roleplay|role play)',
    gap,
    'as',
    gap,
    '(?:my |a )?(?:late|deceased|dead|evil|criminal|hacker)',
    few,
  ),
  phrase(
    0.9,
    "(?:stay|remain|never break|do not break|don't break)",
    gap,
    '(?:in )?character',
    gap,
    '(?:and|no matter|at all|whatever|or|even)',
  ),
  phrase(
    0.9,
    'hypothetical(?:ly)?',
    few,
    '(?:no|without)',
    gap,
    '(?:any )?(?:rules|laws|restrictions|limits|ethics|guidelines)',
  ),
  phrase(0.9, '(?:opposite day|two responses|both responses)', few, '(?:jailb|unfiltered|normal|classic)'),
  { pattern: /\[(?:🔓)?jailbreak\]/u, weight: 0.9 },
];
