import type { Problem } from '../../shared/serving/messages.ts';

/** What the server refused, or that it could not be reached. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

const tokenKey = 'ratchet-token';

/** Tells by `kept` that there is another token, so that all that was refused is asked for again. */
export const tokens = new EventTarget();

/** Kept for as long as this tab is open, and for no other. */
export function keepToken(token: string): void {
  sessionStorage.setItem(tokenKey, token);
  tokens.dispatchEvent(new Event('kept'));
}

/** Whether a token was given in this tab. */
export function hasToken(): boolean {
  return sessionStorage.getItem(tokenKey) !== null;
}

/** Asks the server. `T` is what its description says of the answer. @throws ApiError */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, signal === undefined ? {} : { signal });
}

/** Tells the server something. @throws ApiError */
export async function postJson<T>(path: string, body: unknown): Promise<T> {
  return ask<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function ask<T>(path: string, options: RequestInit): Promise<T> {
  const token = sessionStorage.getItem(tokenKey);
  const headers = new Headers(options.headers);
  headers.set('accept', 'application/json');
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  const response = await reached(path, { ...options, headers });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as T;
  throw new ApiError(isProblem(body) ? body : unreadable(response));
}

async function reached(path: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError({
      type: 'about:blank',
      title: 'Unreachable',
      status: 0,
      detail: 'The server does not answer.',
      mend: 'Look whether ratchet serve still runs. This page asks again by itself.',
    });
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'title' in body && 'detail' in body && 'status' in body;
}

function unreadable({ status }: Response): Problem {
  return {
    type: 'about:blank',
    title: 'Unreadable',
    status,
    detail: `The server answered ${status}, and nothing readable.`,
  };
}

/** The path of something of a model in the interface of the server. */
export function modelPath(model: string, ...parts: readonly string[]): string {
  return `/v1/models/${[model, ...parts].map(encodeURIComponent).join('/')}`;
}
