import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Problem } from '../../shared/serving/messages.ts';
import { hasToken, keepToken } from '../api/client.ts';
import type { Resource } from '../api/use-resource.ts';

/** What was asked for once it is there; before, that it is loading; else what went wrong, and what to do. */
export function Loaded<T>({ of, children }: { of: Resource<T>; children: (data: T) => ComponentChildren }) {
  const { data, problem, reload } = of;
  if (data === null) return problem === null ? <Loading /> : <Trouble problem={problem} retry={reload} />;
  return (
    <>
      {problem !== null && <Trouble problem={problem} retry={reload} />}
      {children(data)}
    </>
  );
}

export function Loading() {
  return (
    <p class="loading" role="status">
      Loading …
    </p>
  );
}

/** A fault of the server's or of the request's. */
export function Trouble({ problem, retry }: { problem: Problem; retry: () => void }) {
  if (problem.status === 401) return <TokenForm retry={retry} />;
  return (
    <div class="trouble" role="alert">
      <p>
        <strong>{problem.detail}</strong>
      </p>
      {problem.mend !== undefined && <p>{problem.mend}</p>}
      <p class="quiet small">
        {problem.title}
        {problem.status > 0 && `, ${problem.status}`}
      </p>
      <button type="button" onClick={retry}>
        Ask again
      </button>
    </div>
  );
}

/** A server that others can reach wants its token first. */
function TokenForm({ retry }: { retry: () => void }) {
  const [token, setToken] = useState('');
  return (
    <form
      class="trouble"
      onSubmit={(event) => {
        event.preventDefault();
        keepToken(token.trim());
        retry();
      }}
    >
      {hasToken() && (
        <p role="alert">
          <strong>The server does not take the token that was given.</strong> Look whether all of it was copied.
        </p>
      )}
      <p>
        <strong>This server asks for a token.</strong> It is the one that you were given, or what RATCHET_TOKEN was set
        to where the server was started. It is kept until this tab is closed.
      </p>
      <label>
        Token{' '}
        <input
          type="password"
          autocomplete="off"
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
      </label>{' '}
      <button type="submit">Use it</button>
    </form>
  );
}

/** Where there is nothing yet, why, and what to do. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}
