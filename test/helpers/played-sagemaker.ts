import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { z } from 'zod';

const callSchema = z.looseObject({
  ModelName: z.string().optional(),
  EndpointConfigName: z.string().optional(),
  EndpointName: z.string().optional(),
});
type Call = z.infer<typeof callSchema>;

interface PlayedEndpoint {
  configName: string;
  status: string;
  reason: string;
  /** What it is after so many more looks. */
  next: { looks: number; status: string; configName: string; reason: string } | null;
}

/** What becomes of an endpoint that is made or updated. */
export interface Fate {
  readonly status?: string;
  readonly reason?: string;
  /** Whether it answers with the configuration that it had before. */
  readonly turnsBack?: boolean;
  /** Looks until then. */
  readonly looks?: number;
}

/**
 * SageMaker's calls for endpoints on loopback, with its rules as its documentation has them: names are used once, an
 * endpoint that is moving is not updated, and an update takes a configuration that is there and is another.
 */
export class PlayedSagemaker {
  readonly calls: { readonly name: string; readonly call: Call }[] = [];
  readonly models = new Map<string, Call>();
  readonly configs = new Map<string, Call>();
  readonly endpoints = new Map<string, PlayedEndpoint>();
  fate: Fate = {};
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const name = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
      const call = callSchema.parse(await json(request));
      this.calls.push({ name, call });
      const [code, body] = this.#answer(name, call);
      response.writeHead(code, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  }

  static async start(): Promise<PlayedSagemaker> {
    const played = new PlayedSagemaker();
    await new Promise<void>((resolve) => played.#server.listen(0, '127.0.0.1', resolve));
    return played;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Names of the calls that change something, in order. */
  get changes(): readonly string[] {
    return this.calls.map(({ name }) => name).filter((name) => !name.startsWith('Describe'));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(name: string, call: Call): [number, object] {
    const { ModelName: model = '', EndpointConfigName: config = '', EndpointName: endpoint = '' } = call;
    switch (name) {
      case 'DescribeModel':
        return this.#found(this.models.get(model));
      case 'CreateModel':
        return this.#made(this.models, model, call);
      case 'DescribeEndpointConfig':
        return this.#found(this.configs.get(config));
      case 'CreateEndpointConfig':
        return this.#made(this.configs, config, call);
      case 'DescribeEndpoint':
        return this.#seen(endpoint);
      case 'CreateEndpoint':
        if (this.endpoints.has(endpoint)) return invalid('Cannot create already existing endpoint');
        if (!this.configs.has(config)) return invalid('Could not find endpoint configuration');
        return this.#moved(endpoint, { configName: config, before: config, status: 'Creating' });
      case 'UpdateEndpoint':
        return this.#updated(endpoint, config);
      default:
        return invalid(`nobody plays ${name}`);
    }
  }

  #found(one: Call | undefined): [number, object] {
    return one === undefined ? invalid('Could not find it') : [200, one];
  }

  #made(all: Map<string, Call>, name: string, call: Call): [number, object] {
    if (all.has(name)) return invalid('Cannot create already existing one');
    if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(name)) return invalid('not a name');
    all.set(name, call);
    return [200, {}];
  }

  #updated(name: string, config: string): [number, object] {
    const endpoint = this.endpoints.get(name);
    if (endpoint === undefined) return invalid('Could not find endpoint');
    if (endpoint.status !== 'InService') return invalid('Cannot update in-progress endpoint');
    if (!this.configs.has(config)) return invalid('Could not find endpoint configuration');
    if (endpoint.configName === config) return invalid('Cannot update to the configuration that it has');
    return this.#moved(name, { configName: config, before: endpoint.configName, status: 'Updating' });
  }

  #moved(
    name: string,
    { configName, before, status }: { configName: string; before: string; status: string },
  ): [number, object] {
    const { status: end = 'InService', reason = '', turnsBack = false, looks = 2 } = this.fate;
    const next = { looks, status: end, configName: turnsBack ? before : configName, reason };
    // While it moves it tells the configuration that it still answers with.
    this.endpoints.set(name, { configName: before, status, reason: '', next });
    return [200, { EndpointArn: `arn:aws:sagemaker:eu-west-1:123456789012:endpoint/${name}` }];
  }

  #seen(name: string): [number, object] {
    const endpoint = this.endpoints.get(name);
    if (endpoint === undefined) return invalid('Could not find endpoint');
    const { configName, status, reason, next } = endpoint;
    if (next !== null) {
      if (next.looks <= 1) this.endpoints.set(name, { ...next, next: null });
      else next.looks -= 1;
    }
    return [200, { EndpointStatus: status, EndpointConfigName: configName, FailureReason: reason }];
  }
}

function invalid(message: string): [number, object] {
  return [400, { __type: 'ValidationException', message }];
}
