import { Readable } from 'node:stream';
import type { RandomStream } from '../../shared/ports/random.ts';

/** What may befall a request to AWS. */
export const awsFaults = [
  /** Refused as too much at once; nothing happened. */
  'throttled',
  /** 500; nothing happened. */
  'failed',
  /** The connection breaks before anything happened. */
  'reset',
  /** It happened, and the answer is lost. */
  'lost',
  /** It reaches the service twice. */
  'twice',
  /** The body of the answer breaks off in the middle. */
  'partial',
] as const;
type AwsFault = (typeof awsFaults)[number];

export interface FaultyAwsOptions {
  readonly random: RandomStream;
  /** Of the requests, each attempt of the SDK counted. */
  readonly rate: number;
  /** So often at most in a row for one command: two are made up for by the three attempts of a client. */
  readonly inARow: number;
}

/** The parts of the answer to a request that are looked at. */
interface Answer {
  response: unknown;
}

/** A connection to AWS on which things go wrong. Add it to a client by {@link onto}. */
export class FaultyAws {
  readonly injected = new Map<AwsFault, number>();
  readonly #options: FaultyAwsOptions;
  readonly #inARow = new WeakMap<object, number>();
  isQuiet = false;

  constructor(options: FaultyAwsOptions) {
    this.#options = options;
  }

  /** Between the client and the service, below the client's own attempts. */
  readonly place = { step: 'deserialize', priority: 'low' } as const;

  readonly middleware =
    <Request extends { input: unknown }, Out extends Answer>(next: (request: Request) => Promise<Out>) =>
    async (request: Request): Promise<Out> => {
      const fault = this.#drawn(request.input as object);
      switch (fault) {
        case 'throttled':
          throw thrown('ThrottlingException', 'Rate exceeded', 400);
        case 'failed':
          throw thrown('InternalError', 'We encountered an internal error. Please try again.', 500);
        case 'reset':
          throw broken();
        case 'lost':
          passedOver(await next(request));
          throw broken();
        case 'twice':
          passedOver(await next(request));
          return next(request);
        case 'partial':
          return withHalfTheBody(await next(request));
        default:
          return next(request);
      }
    };

  #drawn(command: object): AwsFault | null {
    const { random, rate, inARow } = this.#options;
    const before = this.#inARow.get(command) ?? 0;
    if (this.isQuiet || before >= inARow || random.next() >= rate) return null;
    this.#inARow.set(command, before + 1);
    const fault = awsFaults[random.below(awsFaults.length)] ?? 'failed';
    this.injected.set(fault, (this.injected.get(fault) ?? 0) + 1);
    return fault;
  }
}

function thrown(name: string, message: string, httpStatusCode: number): Error {
  return Object.assign(new Error(message), { name, $fault: 'server', $metadata: { httpStatusCode } });
}

function broken(): Error {
  return Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
}

/** An answer that nobody reads, so that its connection is free again. */
function passedOver({ response }: Answer): void {
  const { body } = response as { body?: unknown };
  if (body instanceof Readable) body.resume();
}

/** Answers of S3 that are read as a stream break off; others are whole. */
function withHalfTheBody<Out extends Answer>(answer: Out): Out {
  const response = answer.response as { body?: unknown; headers: Record<string, string>; statusCode: number };
  const size = Number(response.headers['content-length'] ?? 0);
  if (!(response.body instanceof Readable) || response.statusCode >= 300 || size < 2) return answer;
  const body = response.body;
  async function* half(): AsyncGenerator<Buffer> {
    let left = Math.floor(size / 2);
    for await (const chunk of body) {
      yield (chunk as Buffer).subarray(0, left);
      left -= (chunk as Buffer).length;
      if (left <= 0) break;
    }
    throw broken();
  }
  response.body = Readable.from(half(), { objectMode: false });
  return answer;
}

/** Three attempts at once, one after the other: the client's own waits for up to seconds between them. */
export const threeAttemptsAtOnce = {
  mode: 'standard',
  acquireInitialRetryToken: async () => attempt(0),
  async refreshRetryTokenForRetry(token: ReturnType<typeof attempt>, { errorType }: { errorType: string }) {
    const count = token.getRetryCount() + 1;
    if (count === 3 || errorType === 'CLIENT_ERROR') throw new Error('no attempt left');
    return attempt(count);
  },
  recordSuccess: () => undefined,
};

function attempt(count: number) {
  return { getRetryCount: () => count, getRetryDelay: () => 0, getRetryCost: () => 0 };
}
