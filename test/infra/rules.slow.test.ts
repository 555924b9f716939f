import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { execa } from 'execa';
import { z } from 'zod';
import { pythonEnvironment } from '../../local/python.ts';
import { createApp, synthesise } from './synthesis.ts';

/** What adds resources. */
const EVERYTHING = {
  alarmEmail: 'me@example.com',
  apiAccess: 'iam',
  corsOrigins: 'https://example.com',
  webhookUrl: 'https://example.com/faces',
  trainingSchedule: 'rate(30 days)',
  monthlyBudget: 100,
  apiConcurrency: 50,
  tracing: 'true',
};
/** Trainers beside the usual one. */
const BATCH = [{ trainer: 'batch' }, { trainer: 'batch', trainingInstance: 'c7i.8xlarge' }];

/** The ids of cdk-nag's AwsSolutions rules that a stack breaks without acknowledging it. */
const brokenRules = (stack: Stack): string[] =>
  new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName }) => ruleName);

describe('AwsSolutions', () => {
  it('holds for the stack', () => {
    for (const context of [EVERYTHING, ...BATCH]) {
      assert.deepEqual(brokenRules(createApp(context).stack), []);
    }
  });

  it('is acknowledged not to hold only with a reason', () => {
    const acknowledged = createApp(EVERYTHING)
      .stack.node.findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(z.record(z.string(), z.string()).parse(data)));
    assert.ok(acknowledged.length > 0);
    for (const [, reason] of acknowledged) assert.match(reason, /^[A-Z].{30,}\.$/);
  });

  it('does not hold for a bucket without precautions', () => {
    const stack = new Stack(new App(), 'careless');
    new Bucket(stack, 'Bucket');
    assert.deepEqual(brokenRules(stack).sort(), ['AwsSolutions-S1', 'AwsSolutions-S10']);
  });
});

describe('cfn-lint', () => {
  it('finds nothing to complain about', async () => {
    const templates = [EVERYTHING, ...BATCH].map((context) => synthesise(context).toJSON());
    assert.equal(await lint(...templates), '');
  });

  it('finds what is wrong in a template', async () => {
    const template = {
      Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: -1 } } },
    };
    assert.match(await lint(template), /^E\d+ -1 is less than the minimum of 0$/m);
  });
});

/** What cfn-lint says about templates; it takes longer to start than to read one. */
async function lint(...templates: readonly unknown[]): Promise<string> {
  const python = await pythonEnvironment('cfn-lint', path.join(import.meta.dirname, 'requirements.txt'));
  const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-lint-'));
  try {
    const files = templates.map((_, index) => path.join(folder, `template-${index}.json`));
    await Promise.all(files.map((file, index) => writeFile(file, JSON.stringify(templates[index]))));
    const main = 'import sys; from cfnlint.runner import main; sys.exit(main())';
    // CDK says that a function depends on its role although it refers to it.
    const options = ['--ignore-checks', 'W3005'];
    const { stdout } = await execa(python, ['-c', main, ...options, '--', ...files], { reject: false });
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}
