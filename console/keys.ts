import { useLayoutEffect, useRef } from 'preact/hooks';

/** A key, or several one after the other (`g r`), and what it does. */
export interface KeyBinding {
  /** As `KeyboardEvent.key` names them, parted by spaces: `?`, `g r`, `Enter`, `Space`, `Ctrl+Enter`, `Shift+ArrowDown`. */
  readonly keys: string;
  /** What it does, for people; empty for a key that another one's words tell too. */
  readonly does: string;
  readonly run: (event: KeyboardEvent) => void;
}

export interface KeyGroup {
  readonly title: string;
  readonly bindings: readonly KeyBinding[];
}

const groups = new Set<{ current: KeyGroup }>();
/** Keys of a sequence come within this time. */
const sequenceMs = 1_200;

/** Takes keys while a part of the page is shown. What was added last is asked first. */
export function useKeys(title: string, bindings: readonly KeyBinding[]): void {
  const held = useRef<KeyGroup>({ title, bindings });
  held.current = { title, bindings };
  // At once with the part itself: the next key may come before anything is painted.
  useLayoutEffect(() => {
    groups.add(held);
    return () => {
      groups.delete(held);
    };
  }, []);
}

/** All keys that are taken now, those of the whole page first. */
export function keyGroups(): readonly KeyGroup[] {
  return [...groups].map(({ current }) => current).filter(({ bindings }) => bindings.length > 0);
}

/** Whether a key is meant for a field: bare keys rest while somebody types. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)
  );
}

/** The name of what was pressed; null for a modifier alone, and for what belongs to the browser. */
function nameOf(event: KeyboardEvent): string | null {
  if (event.isComposing || ['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'Dead'].includes(event.key)) return null;
  // With AltGr a browser tells Ctrl and Alt as well, where it only makes another character.
  if (event.getModifierState('AltGraph')) return event.key;
  if (event.altKey || event.metaKey) return null;
  const key = event.key === ' ' ? 'Space' : event.key;
  if (event.ctrlKey) return `Ctrl+${key}`;
  // Where a key makes a character, shift has made another one.
  return event.shiftKey && key.length > 1 ? `Shift+${key}` : key;
}

/** Whether a key works what has the focus. */
function isPress(name: string, target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (name === 'Enter') return target.closest('button, summary, a[href]') !== null;
  return name === 'Space' && target.closest('button, summary, input') !== null;
}

/** Listens for all keys of the page; returns what ends it. */
export function listenForKeys(page: Document): () => void {
  let before = '';
  let since = 0;
  const onKey = (event: KeyboardEvent): void => {
    const name = event.defaultPrevented ? null : nameOf(event);
    if (name === null) return;
    if ((isTyping(event.target) && !name.startsWith('Ctrl+')) || isPress(name, event.target)) return;
    const isDialog = page.querySelector('dialog[open]') !== null;
    if (isDialog) return;
    const sequence = before !== '' && event.timeStamp - since < sequenceMs ? `${before} ${name}` : null;
    const bindings = [...groups].reverse().flatMap(({ current }) => current.bindings);
    const found = bindings.find(({ keys }) => keys === sequence) ?? bindings.find(({ keys }) => keys === name);
    before = bindings.some(({ keys }) => keys.startsWith(`${name} `)) ? name : '';
    since = event.timeStamp;
    if (found === undefined) return;
    before = '';
    event.preventDefault();
    found.run(event);
  };
  page.addEventListener('keydown', onKey);
  return () => page.removeEventListener('keydown', onKey);
}
