import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One answer of a server, byte for byte. */
export interface RecordedResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** `hang` never answers; `drop` closes the connection after half of the body. */
  readonly behaviour?: 'hang' | 'drop';
}

export interface SeenRequest {
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

/** An HTTP server on loopback that plays recorded responses in order, the last one again and again, or as it is told. */
export class ChatServer {
  readonly seen: SeenRequest[] = [];
  readonly #server: Server;
  #respond: (request: SeenRequest, place: number) => RecordedResponse | undefined = () => undefined;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<ChatServer> {
    const server = new ChatServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    const address: AddressInfo | string | null = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  play(...responses: readonly RecordedResponse[]): void {
    this.respond((_, place) => responses[Math.min(place, responses.length - 1)]);
  }

  /** What each request gets from now on, by what it says and how many were before it. */
  respond(by: (request: SeenRequest, place: number) => RecordedResponse | undefined): void {
    this.seen.length = 0;
    this.#respond = by;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const part of request) body += String(part);
    const place = this.seen.length;
    const seen = { path: request.url ?? '', authorization: request.headers.authorization ?? '', body };
    this.seen.push(seen);
    const recorded = this.#respond(seen, place);
    if (recorded === undefined) throw new Error('nothing to play');
    if (recorded.behaviour === 'hang') return;
    const headers = { 'content-type': 'application/json', ...recorded.headers };
    if (recorded.behaviour === 'drop') {
      response.writeHead(recorded.status, { ...headers, 'content-length': Buffer.byteLength(recorded.body) });
      response.write(recorded.body.slice(0, recorded.body.length / 2), () => response.destroy());
      return;
    }
    response.writeHead(recorded.status, headers).end(recorded.body);
  }
}
