import { useEffect, useRef, useState } from 'preact/hooks';
import { plural } from '../../shared/domain/base/wording.ts';
import { OptionList } from '../parts/option-list.tsx';
import { searchLabels } from './search-labels.ts';

/** What the search is for who reads by ear: the list under it is its own. */
function comboBox(active: string | undefined) {
  return {
    ...({ role: 'combobox', list: undefined, 'aria-expanded': 'true', 'aria-autocomplete': 'list' } as const),
    'aria-controls': 'label-list',
    'aria-activedescendant': active,
  };
}

interface LabelPickerProps {
  readonly title: string;
  readonly labels: readonly string[];
  readonly pick: (label: string) => void;
  readonly close: () => void;
}

/** Picks one of all labels: what is typed searches, arrows move, Enter picks. */
export function LabelPicker({ title, labels, pick, close }: LabelPickerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [search, setSearch] = useState('');
  const [at, setAt] = useState(0);
  useEffect(() => {
    dialog.current?.showModal();
    document.getElementById('label-search')?.focus();
  }, []);
  const found = searchLabels(search, labels);
  const index = Math.min(at, found.length - 1);
  useEffect(() => document.getElementById(`label-${index}`)?.scrollIntoView({ block: 'nearest' }), [index, search]);
  const choose = (label: string | undefined): void => {
    if (label === undefined) return;
    dialog.current?.close();
    pick(label);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing || !(event.target instanceof HTMLInputElement)) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) setAt(Math.min(Math.max(index + step, 0), found.length - 1));
    else if (event.key === 'Enter') choose(found[index]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      class="help label-picker"
      aria-labelledby="label-picker-title"
      onClose={close}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
      onKeyDown={onKeyDown}
    >
      <div class="help-body">
        <header>
          <h2 id="label-picker-title">{title}</h2>
          <button type="button" onClick={() => dialog.current?.close()}>
            Close <kbd>Esc</kbd>
          </button>
        </header>
        <p>
          <label for="label-search">Search</label>{' '}
          <input
            id="label-search"
            type="search"
            {...comboBox(found.length > 0 ? `label-${index}` : undefined)}
            autocomplete="off"
            value={search}
            onInput={(event) => {
              setSearch(event.currentTarget.value);
              setAt(0);
            }}
          />{' '}
          <span class="quiet small" role="status">
            {plural(found.length, 'label')}
          </span>
        </p>
        <OptionList
          id="label-list"
          optionId="label"
          class="label-list"
          label="Labels"
          options={found}
          active={index}
          choose={choose}
          shown={80}
        />
      </div>
    </dialog>
  );
}
