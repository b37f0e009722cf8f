import { randomUUID } from 'node:crypto';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { TraceQueries } from '../../infra/constructs/trace-queries.ts';

export interface EmulatedTraceQueries {
  readonly bucket: string;
  readonly database: string;
  readonly workGroup: string;
  readonly logWorkGroup: string;
  remove(): Promise<void>;
}

/** Tables, work group and bucket as a deployment makes them, in the emulator. */
export async function emulatedTraceQueries(): Promise<EmulatedTraceQueries> {
  const name = `t${randomUUID().slice(0, 8)}`;
  const app = new App();
  const stack = new Stack(app, name);
  const made = new TraceQueries(stack, 'Queries', { name, agents: { bytesLimit: 10_000_000_000 }, log: true });
  new CfnOutput(stack, 'BucketName', { value: made.bucket.bucketName });
  const template = JSON.stringify(app.synth().getStackByName(name).template);
  const client = new CloudFormationClient({});
  await client.send(new CreateStackCommand({ StackName: name, TemplateBody: withoutBootstrap(template) }));
  const { reason } = await waitUntilStackCreateComplete(
    { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
    { StackName: name },
  );
  const [about] = reason.Stacks;
  const bucket = about.Outputs.find(({ OutputKey: key }: { OutputKey: string }) => key === 'BucketName').OutputValue;
  return {
    bucket,
    database: made.database,
    workGroup: made.agents?.workGroup ?? '',
    logWorkGroup: made.log?.workGroup ?? '',
    async remove() {
      await client.send(new DeleteStackCommand({ StackName: name }));
      client.destroy();
    },
  };
}

/** The check of the CDK's bootstrap version, which the emulator's account has none of. */
function withoutBootstrap(template: string): string {
  const { Parameters: _, Rules: __, ...rest } = JSON.parse(template);
  return JSON.stringify(rest);
}
