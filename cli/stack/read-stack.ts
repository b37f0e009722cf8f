import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { awsFault } from './aws-fault.ts';

/** The outputs of a loop stack: names of what it holds. */
const outputsSchema = z.object({
  TraceBucketName: z.string().min(1),
  ArtifactBucketName: z.string().min(1),
  TableName: z.string().min(1),
  StateMachineArn: z.string().min(1),
  DashboardUrl: z.string().optional(),
  /** Stacks of earlier versions have none. */
  JournalBucketName: z.string().min(1).optional(),
  /** Only where the stack answers over HTTP. */
  ServingUrl: z.string().min(1).optional(),
});
export type StackOutputs = z.infer<typeof outputsSchema>;

/** The CloudFormation stack of the loop. */
export function loopStackName(name: string): string {
  return `${name}-loop`;
}

/**
 * Reads where a deployed stack keeps what, from the outputs of its loop stack.
 * @throws RatchetError InvalidInput when there is no such stack or it is not complete; as `awsFault` makes it
 */
export async function readStack(name: string, client: CloudFormationClient): Promise<StackOutputs> {
  const stackName = loopStackName(name);
  const stack = await describe(name, client);
  const outputs = outputsSchema.safeParse(
    Object.fromEntries((stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
  );
  if (outputs.success) return outputs.data;
  const missing = outputs.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new RatchetError(
    'InvalidInput',
    `Stack ${stackName} (${stack.StackStatus ?? 'status unknown'}) has no output ${missing}.`,
    {
      mend: 'Deploy it (again), and wait until its status is CREATE_COMPLETE or UPDATE_COMPLETE. Or name another: --stack NAME',
    },
  );
}

async function describe(name: string, client: CloudFormationClient) {
  const stackName = loopStackName(name);
  const noStack = async (cause?: unknown) => {
    const region = await client.config.region();
    return new RatchetError('InvalidInput', `There is no CloudFormation stack ${stackName} in ${region}.`, {
      mend: `--stack takes the name the stacks were deployed with (${name} for ${name}-data and ${stackName}). Check it, AWS_REGION and AWS_PROFILE.`,
      cause,
    });
  };
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const [stack] = Stacks;
    if (stack === undefined) throw await noStack();
    return stack;
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
      throw await noStack(error);
    throw awsFault(
      { action: 'read', resource: `stack ${stackName}`, permission: 'cloudformation:DescribeStacks' },
      error,
    );
  }
}
