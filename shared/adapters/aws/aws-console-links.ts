import type { Link, Links } from '../../ports/links.ts';

const consoles: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/**
 * Where an execution is shown in the AWS console; null for what is no execution, or a partition whose console is not
 * known.
 */
export function executionLink(arn: string): string | null {
  const [, partition = '', , region = ''] = arn.split(':');
  const host = consoles[partition];
  if (host === undefined) return null;
  return `https://${region}.${host}/states/home?region=${region}#/v2/executions/details/${arn}`;
}

/** {@link Links} into the AWS console. */
export class AwsConsoleLinks implements Links {
  readonly #region: string;
  readonly #bucket: string;

  /** @param place where the artifacts lie */
  constructor({ region, bucket }: { readonly region: string; readonly bucket: string }) {
    this.#region = region;
    this.#bucket = bucket;
  }

  execution(owner: string): Link | null {
    const url = executionLink(owner);
    return url === null ? null : { title: 'Execution in Step Functions', url };
  }

  objects(prefix: string): Link | null {
    const host = consoles[partitionOf(this.#region)];
    if (host === undefined) return null;
    const query = new URLSearchParams({ region: this.#region, prefix });
    return { title: 'Objects in S3', url: `https://${this.#region}.${host}/s3/buckets/${this.#bucket}?${query}` };
  }
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
