import { App } from 'aws-cdk-lib';
import { awsPlatform, buildCode } from './code.ts';
import { parseConfig } from './config.ts';
import { Facedrop } from './stack.ts';

// What the CDK's command-line tool runs.
const app = new App();
const config = parseConfig(app.node.getAllContext());
new Facedrop(app, { config, code: await buildCode(config, awsPlatform(config)) });
