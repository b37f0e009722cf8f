/** Laughter and other sounds as people write them: hahaha, jajaja, kkkk, wwww, 5555, 哈哈哈, ㅋㅋㅋ, ххх, lol, rsrs. */
const laughs = [
  /^(?:[hjk]+[aeiou]+){2,}[hjk]*$/,
  /^[aeo]?(?:h[aeiou]+)+h?$/,
  /^(?:a?[хx]+[аеиоуы]+){2,}[хx]*$/,
  /^(?:х|хах|ахах|хаха|ха|хи|хе|пх|ржу)+[ахие]*$/,
  /^(?:k{3,}|w{3,}|5{3,}|(?:rs){2,}r?|(?:ks){2,}k?|(?:js){2,}j?|(?:hue){2,}|x+d+|lo+l(?:ol)*|lma+o+|ro+fl+|mdr+|ptdr+|lul+z?)$/,
  /^[ㅋㅎㅠㅜ哈呵嘻嘿啊呜笑草ふはヘへひハwｗ]{2,}$/,
  /^(?:ه{2,}|خ{2,}|ها+)+$/,
  /^(?:ฮ[าิ่้]*|5)+$/,
  /^(?:ह[ाीि]*)+$/,
];

/** Whether a word (lower case) is laughter. Each pattern is tried on a bounded word. */
export function isLaughter(word: string): boolean {
  const read = word.slice(0, 40);
  return laughs.some((laugh) => laugh.test(read));
}
