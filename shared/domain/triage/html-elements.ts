/** Names of the HTML elements that texts are left with, as alternatives of a regular expression. */
export const htmlElements =
  'p|br|div|span|b|i|u|em|strong|a|ul|ol|li|td|tr|table|h[1-6]|font|img|html|body|head|script|style|input|button|form';

const whole = new RegExp(`^(?:${htmlElements})$`, 'i');

/** Whether an element of this name is a piece of a web page. */
export function isHtmlElement(name: string): boolean {
  return whole.test(name);
}
