import { shownName } from '../text.ts';

interface OptionListProps {
  readonly id: string;
  /** Of the options' ids, before their number. */
  readonly optionId: string;
  readonly class: string;
  readonly label: string;
  readonly options: readonly string[];
  /** Number of the one that Enter in the field would take; -1 for none. */
  readonly active: number;
  readonly choose: (option: string) => void;
  /** Characters of an option that are shown. */
  readonly shown?: number;
}

/** What a field that searches has found: the field keeps the focus, and names the active option. */
export function OptionList({ id, optionId, label, options, active, choose, shown, ...rest }: OptionListProps) {
  return (
    <div id={id} class={rest.class} role="listbox" aria-label={label}>
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus, and names the active one
        // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the field does the same
        <div
          key={option}
          id={`${optionId}-${index}`}
          role="option"
          aria-selected={index === active}
          onClick={() => choose(option)}
        >
          {shownName(option, shown)}
        </div>
      ))}
    </div>
  );
}
