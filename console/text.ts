import { visibleLine, visibleName, visibleText } from '../shared/loop/report/visible-text.ts';

/** A name of a model, label or person on one line, with what would not show made visible. */
export function shownName(name: string, limit = 60): string {
  return visibleName(name, limit);
}

/** Text of a trace on one line. */
export function shownLine(text: string, limit = 160): string {
  return visibleLine(text, limit);
}

/** Text of a trace as it is, with what would not show made visible. */
export function shownText(text: string): string {
  return visibleText(text);
}

/** The first signs of an id that a digest made: enough to tell it from others. */
export function shortId(id: string): string {
  return visibleName(id, 14);
}
