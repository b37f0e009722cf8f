import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';

/**
 * A state machine without functions: it waits a little, then ends as a run that kept its champion, or fails for seed
 * 13, and for seed 17 because another run holds the lease.
 */
const definition = {
  StartAt: 'is-it-an-unlucky-seed',
  States: {
    'is-it-an-unlucky-seed': {
      Type: 'Choice',
      Choices: [
        { Variable: '$.run.seed', NumericEquals: 13, Next: 'fail' },
        { Variable: '$.run.seed', NumericEquals: 17, Next: 'refuse' },
      ],
      Default: 'work',
    },
    work: { Type: 'Wait', Seconds: 1, Next: 'end' },
    end: {
      Type: 'Pass',
      Parameters: {
        'run.$': '$.run.runId',
        decision: 'kept',
        headline: 'no candidate was trained',
        why: 'The emulator keeps every champion.',
        reason: 'The emulator keeps every champion.',
        champion: 'its own',
        scores: { before: { traffic: 0.5 }, after: null },
        gain: null,
        memory: {},
        report: 'runs/mail/report.html',
      },
      End: true,
    },
    refuse: { Type: 'Fail', Error: 'LeaseHeld', Cause: '{"errorMessage":"Run r1 of mail is active."}' },
    fail: {
      Type: 'Fail',
      Error: 'ObjectMissing',
      Cause: '{"errorMessage":"There is no object a/b.","mend":"Restore it."}',
    },
  },
};

/**
 * A `<name>-loop` stack as the command line finds it: buckets, table and a state machine, with their names as outputs.
 */
export async function createStack(name: string): Promise<{ remove(): Promise<void> }> {
  const client = new CloudFormationClient({});
  const StackName = `${name}-loop`;
  await client.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template(name)) }));
  await waitUntilStackCreateComplete({ client, maxWaitTime: 60 }, { StackName });
  return {
    async remove() {
      await client.send(new DeleteStackCommand({ StackName }));
      await waitUntilStackDeleteComplete({ client, maxWaitTime: 60 }, { StackName }).finally(() => client.destroy());
    },
  };
}

function template(name: string): object {
  const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
  return {
    Resources: {
      Traces: { Type: 'AWS::S3::Bucket', Properties: { BucketName: `${name}-traces` } },
      Artifacts: { Type: 'AWS::S3::Bucket', Properties: { BucketName: `${name}-artifacts` } },
      Journal: { Type: 'AWS::S3::Bucket', Properties: { BucketName: `${name}-journal` } },
      Lineage: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: `${name}-lineage`,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
          KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
        },
      },
      Loop: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          StateMachineName: `${name}-loop`,
          RoleArn: 'arn:aws:iam::000000000000:role/loop',
          DefinitionString: JSON.stringify(definition),
        },
      },
    },
    Outputs: {
      TraceBucketName: { Value: { Ref: 'Traces' } },
      ArtifactBucketName: { Value: { Ref: 'Artifacts' } },
      JournalBucketName: { Value: { Ref: 'Journal' } },
      TableName: { Value: { Ref: 'Lineage' } },
      StateMachineArn: { Value: { Ref: 'Loop' } },
    },
  };
}
