import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';

/** Clients of the services that a stack is worked with through. */
export interface AwsClients {
  readonly cloudFormation: CloudFormationClient;
  readonly s3: S3Client;
  readonly dynamoDb: DynamoDBClient;
  readonly stepFunctions: SFNClient;
  close(): void;
}

/** Clients configured as the AWS command line is: by the usual environment variables and files. */
export function createAwsClients(env: Readonly<Record<string, string | undefined>>): AwsClients {
  // An endpoint of one's own seldom has a host name for each bucket.
  const hasEndpoint = [env.AWS_ENDPOINT_URL, env.AWS_ENDPOINT_URL_S3].some((url) => (url ?? '') !== '');
  const cloudFormation = new CloudFormationClient({});
  const s3 = new S3Client({ forcePathStyle: hasEndpoint });
  const dynamoDb = new DynamoDBClient({});
  const stepFunctions = new SFNClient({});
  return {
    cloudFormation,
    s3,
    dynamoDb,
    stepFunctions,
    close() {
      for (const client of [cloudFormation, s3, dynamoDb, stepFunctions]) client.destroy();
    },
  };
}
