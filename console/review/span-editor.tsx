import { useEffect, useRef, useState } from 'preact/hooks';
import { plural } from '../../shared/domain/base/wording.ts';
import { useKeys } from '../keys.ts';
import { shownLine, shownName } from '../text.ts';
import { LabelPicker } from './label-picker.tsx';
import { MarkedText } from './marked-text.tsx';
import type { Entity } from './outputs.ts';
import {
  beginEdit,
  clear,
  extend,
  mark,
  move,
  nudge,
  outputOf,
  type SpanEdit,
  select,
  step,
  typeOf,
} from './span-edit.ts';

interface SpanEditorProps {
  readonly text: string;
  readonly entities: readonly Entity[];
  readonly types: readonly string[];
  readonly submit: (output: readonly Entity[]) => void;
  readonly cancel: () => void;
}

/** Corrects entities by keys: arrows choose words, digits or a picker say what they are. */
export function SpanEditor({ text, entities, types, submit, cancel }: SpanEditorProps) {
  const [edit, setEdit] = useState(() => beginEdit(text, entities));
  const [picking, setPicking] = useState(false);
  const place = useRef<HTMLQuoteElement>(null);
  useEffect(() => place.current?.focus({ preventScroll: true }), []);
  const change = (next: (before: SpanEdit) => SpanEdit) => () => setEdit(next);
  const done = (): void => submit(outputOf(edit));
  const digits = types.slice(0, 9);
  useKeys('Entities', [
    { keys: 'ArrowRight', does: 'the next word', run: change((now) => move(now, 1)) },
    { keys: 'ArrowLeft', does: 'the word before', run: change((now) => move(now, -1)) },
    { keys: 'Shift+ArrowRight', does: 'a word more', run: change((now) => extend(now, 1)) },
    { keys: 'Shift+ArrowLeft', does: 'a word less', run: change((now) => extend(now, -1)) },
    { keys: '.', does: 'a character more', run: change((now) => nudge(now, 1)) },
    { keys: ',', does: 'a character less', run: change((now) => nudge(now, -1)) },
    { keys: 'ArrowDown', does: 'the next entity', run: change((now) => step(now, 1)) },
    { keys: 'ArrowUp', does: 'the entity before', run: change((now) => step(now, -1)) },
    ...digits.map((type, at) => ({
      keys: String(at + 1),
      does: `it is ${shownName(type, 30)}`,
      run: change((now) => mark(now, type)),
    })),
    { keys: '/', does: 'choose of all types', run: () => setPicking(true) },
    { keys: 'Backspace', does: 'it is no entity', run: change(clear) },
    { keys: 'Delete', does: '', run: change(clear) },
    { keys: 'Enter', does: 'done', run: done },
    { keys: 'Ctrl+Enter', does: '', run: done },
    { keys: 'Escape', does: 'back, nothing changed', run: cancel },
  ]);
  const type = typeOf(edit);
  const { start, end } = edit.selection;
  return (
    <div>
      <blockquote
        ref={place}
        class="trace-text editing"
        tabIndex={-1}
        aria-label="Text with its entities"
        onMouseUp={() => setEdit((now) => selectByMouse(now))}
      >
        <MarkedText text={text} entities={edit.entities} selection={edit.selection} />
      </blockquote>
      <p role="status" class="small">
        Selected: <strong>{shownLine(text.slice(start, end), 80) || 'nothing'}</strong>,{' '}
        {type === null ? 'no entity' : shownName(type, 40)}. {plural(edit.entities.length, 'entity', 'entities')} in
        all.
      </p>
      <ul class="choices" aria-label="Types">
        {digits.map((one, at) => (
          <li key={one}>
            <button type="button" aria-pressed={one === type} onClick={change((now) => mark(now, one))}>
              <kbd>{at + 1}</kbd> {shownName(one, 40)}
            </button>
          </li>
        ))}
        {types.length > digits.length && (
          <li>
            <button type="button" onClick={() => setPicking(true)}>
              <kbd>/</kbd> All {types.length} types
            </button>
          </li>
        )}
        <li>
          <button type="button" onClick={change(clear)}>
            <kbd>⌫</kbd> No entity
          </button>
        </li>
      </ul>
      <p class="controls">
        <button type="button" class="primary" onClick={done}>
          Done <kbd>Enter</kbd>
        </button>
        <button type="button" onClick={cancel}>
          Back <kbd>Esc</kbd>
        </button>
        <span class="quiet small">
          <kbd>←</kbd> <kbd>→</kbd> words, with <kbd>Shift</kbd> more of them, <kbd>↑</kbd> <kbd>↓</kbd> entities
        </span>
      </p>
      {picking && (
        <LabelPicker
          title="Type of the entity"
          labels={types}
          pick={(label) => setEdit((now) => mark(now, label))}
          close={() => setPicking(false)}
        />
      )}
    </div>
  );
}

/** The words that the mouse has touched. */
function selectByMouse(edit: SpanEdit): SpanEdit {
  const selection = getSelection();
  if (selection === null || selection.isCollapsed) return edit;
  const places = [selection.anchorNode, selection.focusNode].flatMap((node, at) => {
    const piece = node?.parentElement?.closest<HTMLElement>('.editing [data-start]');
    const offset = at === 0 ? selection.anchorOffset : selection.focusOffset;
    return piece?.dataset.start === undefined ? [] : [Number(piece.dataset.start) + offset];
  });
  const [one, other] = places;
  if (one === undefined || other === undefined) return edit;
  const [from, to] = [Math.min(one, other), Math.max(one, other)];
  const touched = edit.words.filter((word) => word.start < to && word.end > from);
  const [first, last] = [touched[0], touched.at(-1)];
  return first === undefined || last === undefined ? edit : select(edit, { start: first.start, end: last.end });
}
