import type { Usage } from './usage.ts';

export interface Price {
  /** What is paid for, for people. */
  readonly item: string;
  /** US dollars for `per` units. */
  readonly dollars: number;
  readonly per: number;
  readonly unit: string;
  readonly source: string;
}

export const region = 'us-east-1';
/** When the prices were written down; docs/scale.md says where from. */
export const asOf = '2026-11-22';

/** List prices without free tiers, discounts and taxes. `source` names the page to check them at. */
export const prices: Readonly<Record<keyof Usage, Price>> = {
  stateTransitions: {
    item: 'Step Functions, Standard',
    dollars: 0.025,
    per: 1_000,
    unit: 'state transitions',
    source: 'aws.amazon.com/step-functions/pricing',
  },
  invocations: {
    item: 'Lambda requests',
    dollars: 0.2,
    per: 1_000_000,
    unit: 'requests',
    source: 'aws.amazon.com/lambda/pricing',
  },
  gigabyteSeconds: {
    item: 'Lambda compute, Arm',
    dollars: 0.0000133334,
    per: 1,
    unit: 'GB-seconds',
    source: 'aws.amazon.com/lambda/pricing',
  },
  s3Writes: {
    item: 'S3 PUT, POST, LIST',
    dollars: 0.005,
    per: 1_000,
    unit: 'requests',
    source: 'aws.amazon.com/s3/pricing',
  },
  s3Reads: {
    item: 'S3 GET',
    dollars: 0.0004,
    per: 1_000,
    unit: 'requests',
    source: 'aws.amazon.com/s3/pricing',
  },
  tableReads: {
    item: 'DynamoDB on demand, reads',
    dollars: 0.125,
    per: 1_000_000,
    unit: 'read request units',
    source: 'aws.amazon.com/dynamodb/pricing/on-demand',
  },
  tableWrites: {
    item: 'DynamoDB on demand, writes',
    dollars: 0.625,
    per: 1_000_000,
    unit: 'write request units',
    source: 'aws.amazon.com/dynamodb/pricing/on-demand',
  },
  events: {
    item: 'EventBridge custom events',
    dollars: 1,
    per: 1_000_000,
    unit: 'events',
    source: 'aws.amazon.com/eventbridge/pricing',
  },
  storedGigabytes: {
    item: 'S3 Standard storage',
    dollars: 0.023,
    per: 1,
    unit: 'GB a month',
    source: 'aws.amazon.com/s3/pricing',
  },
};

/** What an amount costs, in US dollars. */
export function costOf(item: keyof Usage, amount: number): number {
  const { dollars, per } = prices[item];
  return (amount * dollars) / per;
}
