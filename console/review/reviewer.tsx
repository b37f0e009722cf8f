import { useEffect, useRef, useState } from 'preact/hooks';
import type { z } from 'zod';
import type { callerSchema } from '../../shared/serving/messages.ts';

const nameKey = 'ratchet-reviewer';

export type Caller = z.infer<typeof callerSchema>;

/** Who reviews here: asked once, and kept in this browser. */
export function useReviewer(): readonly [string | null, (name: string | null) => void] {
  const [reviewer, setReviewer] = useState(() => localStorage.getItem(nameKey));
  const keep = (name: string | null): void => {
    if (name === null) localStorage.removeItem(nameKey);
    else localStorage.setItem(nameKey, name);
    setReviewer(name);
  };
  return [reviewer, keep];
}

/** Asks for a name to sign with. */
export function NameForm({ keep }: { keep: (name: string) => void }) {
  const [name, setName] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Once the page has had its own turn with the focus.
    const later = setTimeout(() => field.current?.focus());
    return () => clearTimeout(later);
  }, []);
  const signed = name.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '').trim();
  return (
    <form
      class="panel name-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (signed !== '') keep(signed);
      }}
    >
      <h2>Who are you?</h2>
      <p>What you say of a card is a judgement, signed with this name. It is kept in this browser.</p>
      <p class="controls">
        <label for="reviewer">Your name</label>
        <input
          id="reviewer"
          type="text"
          autocomplete="username"
          maxLength={100}
          value={name}
          ref={field}
          onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit" class="primary" disabled={signed === ''}>
          Begin <kbd>Enter</kbd>
        </button>
      </p>
    </form>
  );
}
