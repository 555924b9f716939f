import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { connect } from '../../cli/target.ts';

/** CloudFormation as it refuses, or knows a stack of another version: the local one does neither. */
let answer = { status: 200, body: '' };
const server = createServer((_, response) => {
  response.writeHead(answer.status, { 'content-type': 'text/xml' });
  response.end(answer.body);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => server.close());
const { port } = server.address() as AddressInfo;
Object.assign(process.env, {
  ...{ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_MAX_ATTEMPTS: '1' },
  ...{ AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' },
});

const refusal = (code: string, message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
const outputs = `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>facedrop</StackName>
<Outputs><member><OutputKey>table</OutputKey><OutputValue>photos</OutputValue></member></Outputs>
</member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;

for (const [what, status, body, message] of [
  [
    'is not there',
    400,
    refusal('ValidationError', 'Stack with id facedrop does not exist'),
    /^Expected stack "facedrop" on AWS but could not find it \(Stack with id facedrop does not exist\)\. Deploy it/,
  ],
  [
    'may not be looked at',
    403,
    refusal('AccessDenied', 'User: me is not authorized.'),
    /^Expected stack "facedrop" on AWS but could not look it up \(User: me is not authorized\)\. Sign in/,
  ],
  [
    'is of another version',
    200,
    outputs,
    /^Expected stack "facedrop" on AWS but its outputs are from another version .*photoBucket/s,
  ],
] as const) {
  test(`says so when a stack ${what}`, async () => {
    answer = { status, body };
    await assert.rejects(connect({ stack: 'facedrop', region: 'us-east-1' }), {
      name: 'NoStackError',
      message,
    });
  });
}
