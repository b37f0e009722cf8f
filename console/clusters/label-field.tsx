import { useEffect, useRef, useState } from 'preact/hooks';
import type { Clusters } from '../../shared/serving/console/cluster-messages.ts';
import { OptionList } from '../parts/option-list.tsx';
import { searchLabels } from '../review/search-labels.ts';

const mostFound = 8;
const longestLabel = 100;

interface LabelFieldProps {
  readonly cluster: Clusters['clusters'][number];
  /** Those given so far. */
  readonly labels: readonly string[];
  /** Whether it has the focus as soon as it is there. */
  readonly takesFocus: boolean;
  readonly submit: (label: string) => void;
}

/** The label of a cluster: typed, or found among those given so far, which arrows choose. */
export function LabelField({ cluster, labels, takesFocus, submit }: LabelFieldProps) {
  const begun = cluster.label ?? cluster.proposed;
  const [label, setLabel] = useState(begun);
  const [chosen, setChosen] = useState(-1);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!takesFocus) return;
    // Once the page has had its own turn with the focus.
    const later = setTimeout(() => {
      const active = document.activeElement;
      const isIdle = active === null || active === document.body || active.tagName === 'MAIN';
      if (!isIdle) return;
      field.current?.focus();
      field.current?.select();
    });
    return () => clearTimeout(later);
  }, []);
  const found = searchLabels(label === begun ? '' : label, labels)
    .filter((one) => one !== label)
    .slice(0, mostFound);
  const enter = (text: string): void => {
    // The next cluster's field takes the focus that this one gives back.
    field.current?.blur();
    submit(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setChosen(Math.min(Math.max(chosen + step, -1), found.length - 1));
    else if (event.key === 'Enter') enter(found[chosen] ?? label);
    else if (event.key === 'Escape') field.current?.blur();
    else return;
    event.preventDefault();
  };
  return (
    <>
      <p class="controls">
        <label for="cluster-label">Label</label>
        <input
          id="cluster-label"
          type="text"
          autocomplete="off"
          maxLength={longestLabel}
          ref={field}
          value={label}
          {...({ role: 'combobox', 'aria-expanded': found.length > 0 ? 'true' : 'false' } as const)}
          aria-autocomplete="list"
          aria-controls="cluster-labels"
          aria-activedescendant={found[chosen] === undefined ? undefined : `cluster-label-${chosen}`}
          onInput={(event) => {
            setLabel(event.currentTarget.value);
            setChosen(-1);
          }}
          onKeyDown={onKeyDown}
        />
        <button type="button" class="primary" onClick={() => enter(found[chosen] ?? label)}>
          {label.trim() === '' && chosen < 0 ? 'Leave it out' : 'Next'} <kbd>Enter</kbd>
        </button>
      </p>
      <OptionList
        id="cluster-labels"
        optionId="cluster-label"
        class="cluster-labels"
        label="Labels given so far"
        options={found}
        active={chosen}
        choose={enter}
      />
      {cluster.label === null && cluster.proposed !== '' && (
        <p class="quiet small">Proposed by a chat model: Enter takes it, unless you write another one.</p>
      )}
    </>
  );
}
