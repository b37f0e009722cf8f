import { expect, test } from 'vitest';
import { AwsConsoleLinks, executionLink } from '../../../../shared/adapters/aws/aws-console-links.ts';

test('an execution is shown in the console of its region and partition', () => {
  expect(executionLink('arn:aws:states:eu-west-1:123456789012:execution:r-loop:m.run-1')).toBe(
    'https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/arn:aws:states:eu-west-1:123456789012:execution:r-loop:m.run-1',
  );
  expect(executionLink('arn:aws-cn:states:cn-north-1:1:execution:r:m')).toContain('cn-north-1.console.amazonaws.cn');
  expect(executionLink('arn:aws-iso:states:us-iso-east-1:1:execution:r:m')).toBeNull();
});

test('objects are linked to by their prefix', () => {
  const links = new AwsConsoleLinks({ region: 'eu-west-1', bucket: 'artifacts' });
  expect(links.objects('runs/m/run-1/')?.url).toBe(
    'https://eu-west-1.console.aws.amazon.com/s3/buckets/artifacts?region=eu-west-1&prefix=runs%2Fm%2Frun-1%2F',
  );
  expect(links.execution('a process on a laptop')).toBeNull();
});
