const consoles: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Where an execution is shown in the AWS console; null for a partition whose console is not known. */
export function executionLink(arn: string): string | null {
  const [, partition = '', , region = ''] = arn.split(':');
  const host = consoles[partition];
  if (host === undefined) return null;
  return `https://${region}.${host}/states/home?region=${region}#/v2/executions/details/${arn}`;
}
