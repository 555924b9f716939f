import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdk from '../../cdk.json' with { type: 'json' };
import { parseConfig } from '../../infra/config.ts';
import { Facedrop } from '../../infra/stack.ts';

/** The stack as CDK makes it for AWS, around empty functions: a template does not depend on what they contain. */
export function createApp(context: Readonly<Record<string, unknown>> = {}): { app: App; stack: Facedrop } {
  // What the CDK would validate here, cfn-lint does more thoroughly.
  const app = new App({ context: cdk.context, builtinCloudFormationValidation: false });
  const code = {
    layer: emptyAsset('layer'),
    functions: {
      detect: emptyAsset('detect'),
      estimate: emptyAsset('estimate'),
      api: emptyAsset('api'),
      sweep: emptyAsset('sweep'),
      survey: emptyAsset('survey'),
      prepare: emptyAsset('prepare'),
      judge: emptyAsset('judge'),
      conclude: emptyAsset('conclude'),
    },
    estimators: { age: emptyAsset('age'), gender: emptyAsset('gender') },
    train: { image: emptyAsset('train'), file: 'Dockerfile' },
  };
  return { app, stack: new Facedrop(app, { config: parseConfig({ ...cdk.context, ...context }), code }) };
}

export const synthesise = (context?: Readonly<Record<string, unknown>>): Template =>
  Template.fromStack(createApp(context).stack);

const assets = mkdtempSync(path.join(tmpdir(), 'facedrop-assets-'));
process.once('exit', () => rmSync(assets, { recursive: true }));

function emptyAsset(name: string): string {
  const folder = path.join(assets, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'index.js'), 'exports.handler = async () => ({});\n');
  writeFileSync(path.join(folder, 'Dockerfile'), 'FROM scratch\n');
  return folder;
}
