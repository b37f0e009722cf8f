import { useEffect, useRef } from 'preact/hooks';
import { keyGroups } from '../keys.ts';

/** All keys that work here, over the page. */
export function Help({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={close}
      onKeyDown={(event) => event.key === '?' && dialog.current?.close()}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <div class="help-body">
        <header>
          <h2 id="help-title">Keys</h2>
          <button type="button" onClick={() => dialog.current?.close()}>
            Close <kbd>Esc</kbd>
          </button>
        </header>
        <div class="help-groups">
          {keyGroups().map(({ title, bindings }) => (
            <section key={title}>
              <h3>{title}</h3>
              <dl>
                {bindings.map(({ keys, does }) => (
                  <div key={keys} hidden={does === ''}>
                    <dt>
                      {keys.split(' ').map((key) => (
                        <kbd key={key}>{shownKey(key)}</kbd>
                      ))}
                    </dt>
                    <dd>{does}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
        <p class="quiet small">Keys rest while you type in a field. Tab and Enter reach everything too.</p>
      </div>
    </dialog>
  );
}

function shownKey(key: string): string {
  return key
    .replace('ArrowUp', '↑')
    .replace('ArrowDown', '↓')
    .replace('ArrowLeft', '←')
    .replace('ArrowRight', '→')
    .replace('Escape', 'Esc');
}
