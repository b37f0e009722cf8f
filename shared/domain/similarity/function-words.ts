/** English words that carry no subject of their own; negations are left out, since they change what is meant. */
const functionWords: ReadonlySet<string> = new Set(
  `a about all also am an and any are as at be been but by can could did do does doing for from get give go going had has have
  he hello her hey hi his how i id if ill im in into is isnt it its ive just let lets like make many may me might much must my
  need of on or our out please put shall she should so some tell than thank thanks that thats the their them then there these
  they this those through to too under up us use very want was we were what whats when where wheres which while who will
  with would you your youre`.split(/\s+/),
);

/** Whether a word (lower case, without apostrophes) says nothing of what a text is about. */
export function isFunctionWord(word: string): boolean {
  return functionWords.has(word);
}
