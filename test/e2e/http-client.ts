import { setTimeout as pause } from 'node:timers/promises';

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Asks a server. */
export class HttpClient {
  readonly #base: string;

  /** @param base its address, without a slash at the end */
  constructor(base: string) {
    this.#base = base;
  }

  /**
   * A deployed HTTP API, by the emulator's own path to it.
   * @param servingUrl as the stack's output names it
   */
  static ofApi(servingUrl: string): HttpClient {
    const [apiId = ''] = new URL(servingUrl).host.split('.');
    return new HttpClient(`${process.env.AWS_ENDPOINT_URL}/_aws/execute-api/${apiId}/$default`);
  }

  /** @param body of a POST; a GET without */
  async ask(path: string, token: string | null, body?: unknown): Promise<Answered> {
    const response = await fetch(`${this.#base}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** Keeps asking for predictions until it is stopped; what it asks is not kept. */
  keepAsking(modelId: string, token: string) {
    const checkpoints: unknown[] = [];
    const statuses = new Set<number>();
    let isRunning = true;
    const ask = async (): Promise<void> => {
      while (isRunning) {
        const input = { input: 'where is my parcel', record: false };
        const { status, body } = await this.ask(`/v1/models/${modelId}/predictions`, token, input);
        statuses.add(status);
        if (checkpoints.at(-1) !== body.checkpoint) checkpoints.push(body.checkpoint);
        await pause(500);
      }
    };
    const asking = ask();
    return {
      /** Which checkpoints have answered so far, one after the other. */
      checkpoints: checkpoints as readonly unknown[],
      /** @returns the statuses of all answers */
      async stop(): Promise<readonly number[]> {
        isRunning = false;
        await asking;
        return [...statuses];
      },
    };
  }
}
