import { percent } from '../base/wording.ts';
import type { DetectorName } from './detector-name.ts';
import { type Finding, quote } from './finding.ts';
import { isHtmlElement } from './html-elements.ts';
import { asRead } from './normalise.ts';
import { wordsOf } from './readable.ts';

const emoticon = /(?:[:;=][-o^']?[)(*/|\\[\]])|\^[_-]?\^|[¯╯(][^\s]{0,12}[)ツ╰]/u;

/** Nothing to go by: no letters or figures, or a lone character. */
export function detectEmpty(text: string): Finding | null {
  const letters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  if (letters === 0) {
    if (/\p{Extended_Pictographic}/u.test(text) || emoticon.test(text)) return null;
    return { kind: 'empty', strength: 1, reason: 'has no letter or figure' };
  }
  const lone = letters === 1 && !/[\p{Lo}\p{N}]/u.test(text);
  if (lone) return { kind: 'empty', strength: 0.9, reason: 'has a single letter' };
  return /^\W*(?:null|none|undefined|nan|n\/a|nil|test|asdf|tbd|todo|placeholder|lorem ipsum)\W*$/iu.test(text)
    ? { kind: 'empty', strength: 0.9, reason: `holds a filler only: ${quote(text.trim())}` }
    : null;
}

/**
 * A payload meant for another endpoint: JSON, XML, SQL, a stack trace, a request, or program text, and hardly any
 * prose.
 */
export function detectForeignPayload(text: string): Finding | null {
  const trimmed = text.trim();
  const form = payloadForm(trimmed);
  return form === null
    ? null
    : { kind: 'other-endpoint', strength: 0.95, reason: `is ${form}, as meant for another endpoint` };
}

function payloadForm(text: string): string | null {
  if (isJson(text)) return 'JSON';
  if (/^\{\s*["'][\w-]+["']\s*:/.test(text)) return 'JSON';
  const element = /^<([a-z][\w:-]*)(?: [^<>]*)?>[\s\S]*<\/\1>$/i.exec(text)?.[1];
  if (/^<\?xml\b|^<soap(?:env)?:/i.test(text) || (element !== undefined && !isHtmlElement(element))) return 'XML';
  if (isSql(text)) return 'SQL';
  if (/^(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS) \//.test(text)) return 'an HTTP request';
  if (/^(?:\$ )?(?:curl|wget) .*https?:\/\//.test(text)) return 'a shell command';
  if (/^(?:query|mutation|subscription)\b[^{]{0,80}\{[\s\S]*\}$/.test(text)) return 'a GraphQL query';
  if (
    /^Traceback \(most recent call last\)|^(?:Exception in thread|\w+(?:\.\w+)*(?:Exception|Error): [\s\S]*\n(?:[^\S\n]+|[^\S\n]*\n)at )/.test(
      text,
    )
  )
    return 'a stack trace';
  if (/^[A-Za-z0-9+/]{60,}={0,2}$/.test(text) && !/^[0-9a-f]+$/i.test(text)) return 'Base64';
  return isProgram(text) ? 'program text' : null;
}

const sqlStart =
  /^(?:insert\s{1,9}into\s{1,9}[\w."`]{1,90}\s{0,9}(?:\(|values\b)|update\s{1,9}[\w."`]{1,90}\s{1,9}set\s{1,9}[\w."`]{1,90}\s{0,9}=|delete\s{1,9}from\s{1,9}[\w."`]{1,90}\s{0,9}(?:where\b|;|$)|create\s{1,9}table\s[^(]{1,90}\(|drop\s{1,9}table\s{1,9}(?:if\s{1,9}exists\s{1,9})?[\w."`]{1,90}\s{0,9}(?:;|$)|alter\s{1,9}table\s{1,9}[\w."`]{1,90}\s{1,9}(?:add|drop|alter|rename|modify)\b)/i;
const sqlColumns = /^(?:distinct\s)?\s{0,9}(?:\*|[\w."`()*]{1,90}(?:\s{1,9}as\s{1,9}\w{1,60})?(?:\s{0,9},\s{0,9}|$))/i;
const sqlSource =
  /^\s{1,9}[\w."`]{1,90}\s{0,9}(?:;|$|(?:where|join|inner|left|right|group|order|limit|as|having|union)\b)/i;

/** Statements of SQL; "select a plan from the list, please" is none. */
function isSql(text: string): boolean {
  if (sqlStart.test(text)) return true;
  const begin = /^select\s/i.exec(text);
  if (begin === null) return false;
  const from = /\sfrom(?=\s)/i.exec(text);
  if (from === null) return false;
  const columns = text.slice(begin[0].length, from.index);
  return sqlColumns.test(columns) && sqlSource.test(text.slice(from.index + from[0].length));
}

function isJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  } catch {
    return false;
  }
}

const codeLine =
  /^\s*(?:(?:(?:export|async|public|private|static) )*(?:function|class|interface|def|fn|func)\s+\w+\s*[({:<]|(?:const|let|var)\s+[\w{}[\], ]+=|import\s+[\w{}*, ]+\s+from\s+['"]|import \w+(?:\.\w+)*(?: as \w+)?;?$|from \w+(?:\.\w+)* import \w|return\b.*;|(?:if|for|while|switch)\s*\(.*\)\s*\{|(?:console\.log|print|printf|System\.out\.println)\s*\(.*\)|#include\s*<|\w+(?:\.\w+)*\([^)]*\);?$|[})\];]+$)/;

function isProgram(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const code = lines.filter((line) => codeLine.test(line)).length;
  const strong =
    /^\w+(?:\.\w+)+\(.*\);?$|\b(?:def \w+\(|function \w*\(|=> \{|const \w+ ?=|let \w+ ?=|#include <|public static|import \w+ from)/.test(
      text,
    );
  return strong && code / lines.length >= 0.5 && /[(){};=]/.test(text);
}

const questionAboutAssistant = [
  /\b(?:are|r) (?:you|u) (?:(?:really|actually|just|even|like|an?|the|some|kind|of|sort) )*(?:ai|a\.i\.?|robot|bot|chat ?bot|human|machine|computer|language model|llm|chatgpt|gpt(?:-?\d)?|real person|sentient|conscious|self-?aware|claude|gemini|alexa|siri|(?:alive|program|person)(?= ?(?:$|[?.!,]|or\b)))(?![a-z])/,
  /\b(?:am i|are we) (?:talking|speaking|chatting) (?:to|with) (?:a|an|the) (?:(?:real|actual) )?(?:human|person|bot|chat ?bot|robot|machine|computer|ai)\b/,
  /\b(?:what|which) (?:(?:kind|sort|type) of )?(?:ai|a\.i\.|language model|llm|model|gpt|chat ?bot|version of \w+) (?:are|r) (?:you|u)\b/,
  /\bwhat (?:(?:ai|language) )?model (?:are you|is this|do you (?:use|run))\b/,
  /\b(?:who|which company|what company) (?:made|created|built|trained|developed|programmed|designed|invented) you\b/,
  /\b(?:how|when|where|on what|what data|which data) (?:were|was|are|have) you (?:been )?(?:trained|programmed|built|created|made|coded)\b/,
  /\bwhat(?:'s| is| was)? your (?:training data|knowledge cut-?off|cut-?off date|context window|parameter count|training cut-?off|architecture)\b/,
  /\bhow many parameters (?:do you|you)\b/,
  /\bdo you (?:have|experience) (?:feelings|emotions|consciousness|a soul|sentience|opinions of your own|self-awareness)\b/,
  /\b(?:do you|can you) (?:dream|feel pain|think for yourself|remember (?:me|our (?:last|previous) (?:chat|conversation)))\b/,
  /\b(?:tell me about yourself|what are your (?:capabilities|limitations|limits as an? ai)|are your answers (?:generated|automated))\b/,
  /\bas an ai\b.{0,40}\?/,
];

/** A question about the assistant itself and not about what it serves. */
export function detectMetaQuestion(text: string): Finding | null {
  return detectPhrase(text, questionAboutAssistant, 30, 'meta-question', 'asks about the assistant itself');
}

const absentThing = [
  /\b(?:see|look(?:ing)? at|check|open|view|review|refer to|find|read|inspect|examine|use|analy[sz]e|per|consider|described?)(?: (?:the|this|that|my|these|our|to|in|out))* (?:attached|enclosed|accompanying|uploaded|pictured|included|embedded)\b/,
  /\b(?:attached|enclosed|accompanying|uploaded) (?:is |are )?(?:(?:the|this|my|a|an) )?(?:image|picture|photo|photograph|screenshot|screen shot|pic|diagram|figure|chart|graph|audio|recording|clip|video|map|table|scan)s?\b/,
  /\b(?:image|picture|photo|photograph|screenshot|diagram|figure|chart|graph|audio|recording|video|pic|table|spreadsheet|pdf|document|file)s?(?: (?:i|i've|i have|that i|we|that we|which i))* (?:(?:have |just )?(?:attached|uploaded|sent|shared|posted|provided|included|linked)|(?:(?:is|are|shown|given|provided|attached) )?(?:above|below|attached))\b/,
  /\b(?:as (?:you can see|shown|seen|depicted|illustrated)|shown|depicted|pictured|seen|visible|displayed|based on|according to|given|from|what's|what is|who is|who's|explain|describe) (?:in|on|by|from)? ?(?:the|this|that|my) (?:image|picture|photo|photograph|screenshot|diagram|chart|graph|figure|audio|recording|clip|video)\b/,
  /\b(?:look at|in|of|on|from|about|transcribe|describe|read|analy[sz]e|explain|identify|caption) (?:this|that|my) (?:image|picture|photo|photograph|screenshot|recording|audio(?: clip| file)?|diagram|video clip)(?![\w-])/,
  /\blisten to (?:the|this|my) (?:attached )?(?:audio|recording|clip|voice ?mail|voice note)\b/,
  /\b(?:figure|fig\.|table|chart|exhibit|diagram) \d+\b.{0,30}(?:above|below|shows|shown)/,
  /\[(?:image|img|photo|picture|audio|video|attachment|screenshot|figure|file)(?:[ :#_-][\w .-]{0,60})?\]|<(?:image|audio|video|attachment)>|!\[(?:(?!!\[)[^\]])*\]\(/,
];

/** Points at a picture, a recording or a file that a text model never gets. */
export function detectMissingModality(text: string): Finding | null {
  return detectPhrase(text, absentThing, 45, 'missing-modality', 'points at something that is not in the text');
}

const earlierTalk = [
  /\b(?:same|just) (?:thing |one |issue |problem |question |request )?(?:as|like) (?:before|last time|yesterday|earlier|always|usual|(?:the )?(?:previous|last) (?:one|time|request|question|message|ticket)|i (?:said|told you|mentioned|asked)|we (?:discussed|talked|agreed)|my (?:last|previous|earlier))\b/,
  /\b(?:like|as) (?:i|we) (?:said|mentioned|discussed|told you|talked about|asked|agreed|explained|described|noted)(?: (?:before|earlier|above|previously|last time|yesterday))?\b/,
  /\bas (?:mentioned|said|discussed|agreed|stated|noted|described|explained) (?:before|earlier|above|previously|last time|yesterday)\b/,
  /\b(?:like|as) (?:you|u) (?:said|mentioned|suggested|told me|did|explained|recommended)(?: (?:before|earlier|above|previously|last time|yesterday))?\b/,
  /\b(?:do|try|run|repeat|use|give me|send|show me) (?:that|it|the same(?: thing)?|what you did|the last one|the previous one)(?: (?:again|once more|one more time|like|as))+ (?:before|last time|earlier|yesterday|like|as|for the|with the)\b/,
  /\b(?:continue|carry on|go on|pick up|resume) (?:from )?where (?:we|you|i) (?:left off|stopped|were)\b/,
  /\b(?:what|how) about (?:the )?(?:other|second|third|last|previous|first) (?:one|option|thing|part|question|ones)\b/,
  /\b(?:the|that) (?:other|second|third|previous|first|last|one) (?:thing|one|option|suggestion|answer|question|problem|issue)?(?: that)? ?(?:you|we|i) (?:said|mentioned|gave|suggested|discussed|talked about|told|asked|recommended|listed)\b/,
  /(?:^|[,.] ?|\b(?:said|asked|wrote|mentioned|explained|described) )(?:in|from|per|about|regarding|see|following|on) (?:my|our|the|your) (?:previous|last|earlier|prior) (?:question|message|conversation|chat|request|answer|reply|response|query|prompt|suggestion|advice|recommendation)\b/,
  /\b(?:you know|u know) (?:what|which one) (?:i mean|i'm talking about|i am talking about|i meant|to do)\b/,
  /^(?:and |so |but |ok(?:ay)? |then )*(?:that one|the other one|the same one|same again|same thing|the usual|same|again|as before|like before|the first one|the second one|this one|that too|the rest|more of (?:that|the same)|what about (?:it|that|them)(?: then)?)(?: please)?[.?! ]*$/,
];

/** Cannot be understood without an earlier exchange that the model does not see. */
export function detectAssumedContext(text: string): Finding | null {
  return detectPhrase(text, earlierTalk, 25, 'assumed-context', 'leans on an earlier exchange that is not in the text');
}

function detectPhrase(
  text: string,
  patterns: readonly RegExp[],
  mostWords: number,
  kind: DetectorName,
  what: string,
): Finding | null {
  const count = wordsOf(text).length;
  if (count > mostWords) return null;
  const read = asRead(text);
  for (const pattern of patterns) {
    const match = pattern.exec(read);
    if (match !== null) {
      const part = wordsOf(match[0]).length / Math.max(1, count);
      return {
        kind,
        strength: 0.8 + 0.2 * Math.min(1, part),
        reason: `${what}: ${quote(match[0])} in ${percent(part, 0)} of its words`,
      };
    }
  }
  return null;
}
