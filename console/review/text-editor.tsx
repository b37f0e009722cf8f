import { useState } from 'preact/hooks';
import { useKeys } from '../keys.ts';

interface TextEditorProps {
  /** What the editor begins with. */
  readonly output: unknown;
  readonly submit: (output: unknown) => void;
  readonly cancel: () => void;
}

/** Writes what the answer should be, as text or as JSON, as the answer is. */
export function TextEditor({ output, submit, cancel }: TextEditorProps) {
  const isText = output === null || typeof output === 'string';
  const [text, setText] = useState(() => (typeof output === 'string' ? output : isText ? '' : pretty(output)));
  const [problem, setProblem] = useState<string | null>(null);
  const send = (): void => {
    const written = isText ? text : parsed(text);
    if (written === undefined) setProblem('That is not JSON. Mend it, or go back with Esc.');
    else submit(written);
  };
  useKeys('Writing', [{ keys: 'Ctrl+Enter', does: 'done', run: send }]);
  return (
    <div>
      <label for="review-text">What it should be{isText ? '' : ', as JSON'}</label>
      <textarea
        id="review-text"
        rows={Math.min(16, text.split('\n').length + 2)}
        value={text}
        ref={(field) => {
          if (field !== null && document.activeElement !== field && problem === null) field.focus();
        }}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : 'review-text-problem'}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setProblem(null);
        }}
        onKeyDown={(event) => event.key === 'Escape' && !event.isComposing && cancel()}
      />
      {problem !== null && (
        <p id="review-text-problem" class="bad" role="alert">
          {problem}
        </p>
      )}
      <p class="controls">
        <button type="button" class="primary" onClick={send}>
          Done <kbd>Ctrl</kbd> <kbd>Enter</kbd>
        </button>
        <button type="button" onClick={cancel}>
          Back <kbd>Esc</kbd>
        </button>
      </p>
    </div>
  );
}

function pretty(output: unknown): string {
  return JSON.stringify(output, null, 2);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
