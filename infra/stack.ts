import path from 'node:path';
import {
  CfnOutput,
  DefaultStackSynthesizer,
  type IStackSynthesizer,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { needGallery } from '../attributes/list.ts';
import { OWN } from '../attributes/own/definition.ts';
import project from '../package.json' with { type: 'json' };
import { HttpApi } from './api/http-api.ts';
import { KeyTable } from './api/key-table.ts';
import { LabelBucket } from './api/label-bucket.ts';
import type { PipelineCode } from './code.ts';
import type { Config } from './config.ts';
import { Alarms } from './operations/alarms.ts';
import { Budget } from './operations/budget.ts';
import { PipelineDashboard } from './operations/dashboard.ts';
import { Announcements } from './pipeline/announcements.ts';
import { ChipBucket } from './pipeline/chip-bucket.ts';
import { PhotoBucket } from './pipeline/photo-bucket.ts';
import { PhotoTable } from './pipeline/photo-table.ts';
import { Stage } from './pipeline/stage.ts';
import { Sweep } from './pipeline/sweep.ts';
import { Webhook } from './pipeline/webhook.ts';
import { Training } from './training/training.ts';

export interface FacedropProps {
  readonly config: Config;
  readonly code: PipelineCode;
}

/** The pipeline: photos put into a bucket become one item each in a table. */
export class Facedrop extends Stack {
  constructor(scope: Construct, { config, code }: FacedropProps) {
    super(scope, config.stackName, {
      // The CDK's command-line tool checks the bootstrap version by itself. (Its types ignore optional properties' rules.)
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
      description: `Drop a photo, get its faces: ${config.attributes.join(', ')}`,
    });
    // What a deployment that failed made goes again: nothing is in it.
    const removalPolicy =
      config.removalPolicy === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;

    const layer = new LayerVersion(this, 'Models', {
      // The folder is named after its contents; hashing 70 MB again would slow every deployment.
      code: Code.fromAsset(code.layer, { assetHash: path.basename(code.layer) }),
      compatibleRuntimes: [Runtime.NODEJS_24_X],
      description: `Inference engine (${config.engine}), networks and image decoder`,
    });
    const table = new PhotoTable(this, 'Table', { removalPolicy });
    const chips = new ChipBucket(this, 'Chips');
    const announcements = new Announcements(this, 'Announcements');

    const groups = config.estimators.flat().includes(OWN) ? config.estimators : [...config.estimators, [OWN]];
    const parts = groups.flat().join('+');
    const limits = {
      MINIMUM_CONFIDENCE: String(config.minimumConfidence),
      MAXIMUM_FACES: String(config.maximumFaces),
      MAXIMUM_BYTES: String(config.maximumBytes),
      MAXIMUM_PIXELS: String(config.maximumPixels),
      ...(config.skipPrefixes.length > 0 && { SKIP_PREFIXES: config.skipPrefixes.join() }),
    };
    const blending = config.looksWeights && { LOOKS_WEIGHTS: JSON.stringify(config.looksWeights) };
    const detect = new Stage(this, 'Detect', {
      config,
      layer,
      code: code.functions.detect,
      memory: config.detectMemory,
      environment: { ...limits, ATTRIBUTES: parts, ITEM_DAYS: String(config.itemDays) },
    });
    const estimators = groups.map((group) => ({
      group,
      name: camelCase(group),
      stage: new Stage(this, capitalise(camelCase(group)), {
        config,
        layer,
        code: code.estimators[group.join('+')] ?? code.functions.estimate,
        memory: config.estimateMemory,
        environment: { ATTRIBUTES: group.join('+'), ...blending },
      }),
    }));

    const photos = new PhotoBucket(this, 'Photos', {
      uploadQueue: detect.queue,
      photoDays: config.photoDays,
      removalPolicy,
    });
    photos.grantReceive(detect.handler);
    table.grantKeep(detect.handler);
    chips.grantWrite(detect.handler);
    announcements.grantAnnounce(detect.handler);
    detect.handler.addEnvironment(
      'ESTIMATE_QUEUES',
      estimators.map(({ group, stage }) => `${group.join('+')}=${stage.queue.queueUrl}`).join(' '),
    );
    for (const { stage } of estimators) {
      stage.grantOrder(detect.handler);
      chips.grantRead(stage.handler);
      table.grantMerge(stage.handler);
      announcements.grantAnnounce(stage.handler);
    }

    const sweep = new Sweep(this, 'Sweep', {
      config,
      layer,
      code: code.functions.sweep,
      detect,
      estimators: estimators.map(({ stage }) => stage),
    });
    table.grantSweep(sweep.handler);
    photos.grantLook(sweep.handler);
    chips.grantErase(sweep.handler);
    announcements.grantAnnounce(sweep.handler);

    const keys = new KeyTable(this, 'Keys', { removalPolicy });
    const api = new HttpApi(this, 'Http', {
      config,
      layer,
      code: code.functions.api,
      memory: config.apiMemory,
      environment: {
        ...limits,
        ...blending,
        ATTRIBUTES: parts,
        VERSION: project.version,
        UPLOAD_ORIGIN: `https://${photos.bucket.bucketRegionalDomainName}`,
      },
    });
    const labels = new LabelBucket(this, 'Labels', { removalPolicy });
    keys.grantUse(api.handler);
    photos.grantManage(api.handler);
    photos.allowUploads(api.api.apiEndpoint, ...config.corsOrigins);
    table.grantManage(api.handler);
    chips.grantErase(api.handler);
    labels.grantKeep(api.handler);
    labels.grantErase(detect.handler);

    const training = new Training(this, 'Training', { config, code, layer, labels, removalPolicy });
    training.grantDirect(api.handler);
    const stages = { detect, ...Object.fromEntries(estimators.map(({ name, stage }) => [name, stage])) };
    for (const { handler } of [...Object.values(stages), api]) training.data.grantServe(handler);
    for (const { group, stage } of estimators) {
      if (needGallery(group)) training.data.grantGallery(stage.handler);
    }
    if (needGallery(config.attributes)) training.data.grantGallery(api.handler);

    const webhook =
      config.webhookUrl === undefined
        ? undefined
        : new Webhook(this, 'Webhook', { announcements, url: config.webhookUrl });

    const alarms = new Alarms(this, 'Alarms', { config, stages, sweep, api, webhook, training });
    new PipelineDashboard(this, 'Overview', { config, stages, api, training, alarms });

    if (config.monthlyBudget !== undefined && config.alarmEmail !== undefined) {
      new Budget(this, 'Budget', { dollars: config.monthlyBudget, email: config.alarmEmail });
    }

    // What a client needs to know of a stack: the names are those of its connection facts.
    const outputs = {
      photoBucket: photos.bucket.bucketName,
      chipBucket: chips.bucket.bucketName,
      table: table.table.tableName,
      eventBus: announcements.bus.eventBusName,
      uploadQueue: detect.queue.queueUrl,
      uploadDeadLetters: detect.deadLetters.queueUrl,
      estimators: this.toJsonString(
        estimators.map(({ name, stage: { queue, deadLetters } }) => ({
          name,
          queue: queue.queueUrl,
          deadLetters: deadLetters.queueUrl,
        })),
      ),
      attributes: JSON.stringify(config.attributes),
      ...(config.skipPrefixes.length > 0 && { skipPrefixes: JSON.stringify(config.skipPrefixes) }),
      ...(webhook && { webhookDeadLetters: webhook.deadLetters.queueUrl }),
      apiUrl: `${api.api.apiEndpoint}/`,
      keyTable: keys.table.tableName,
      labelBucket: labels.bucket.bucketName,
      trainingBucket: training.data.bucket.bucketName,
      trainingTable: training.table.table.tableName,
      maximumTrainingMinutes: String(config.maximumTrainingMinutes),
      maximumTrainingDollars: String(config.maximumTrainingDollars),
      ...(training.machine && { trainingMachine: training.machine.machine.stateMachineArn }),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

/** "ageGender" of age and gender. */
const camelCase = ([first = '', ...others]: readonly string[]) => [first, ...others.map(capitalise)].join('');

const capitalise = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
