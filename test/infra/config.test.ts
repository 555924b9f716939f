import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfig } from '../../infra/config.ts';

describe('parseConfig', () => {
  it('has a default for everything', () => {
    const config = parseConfig({});
    assert.equal(config.stackName, 'facedrop');
    assert.equal(config.engine, 'onnx');
    assert.equal(config.architecture, 'arm64');
    assert.equal(config.maximumTries, 4);
    assert.equal(config.removalPolicy, 'retain');
  });

  it('takes text, as the command line gives it, and values, as cdk.json gives them', () => {
    for (const [maximumFaces, minimumConfidence, tracing, logDays] of [
      ['20', '0.5', 'false', '7'],
      [20, 0.5, false, 7],
    ]) {
      const config = parseConfig({ maximumFaces, minimumConfidence, tracing, logDays });
      assert.equal(config.maximumFaces, 20);
      assert.equal(config.minimumConfidence, 0.5);
      assert.equal(config.tracing, false);
      assert.equal(config.logDays, 7);
    }
    for (const tracing of ['true', true]) assert.equal(parseConfig({ tracing }).tracing, true);
  });

  it('groups what is estimated', () => {
    assert.deepEqual(parseConfig({}).estimators, [['age'], ['gender']]);
    assert.deepEqual(parseConfig({ estimators: 'age+gender' }).estimators, [['age', 'gender']]);
    assert.deepEqual(parseConfig({ estimators: 'gender/age' }).estimators, [['gender'], ['age']]);
  });

  it('leaves the keys of the CDK aside', () => {
    assert.deepEqual(
      parseConfig({
        'aws:cdk:bundling-stacks': ['**'],
        '@aws-cdk/core:target-partitions': ['aws'],
        'acknowledged-issue-numbers': [34892],
        'cli-telemetry': false,
      }),
      parseConfig({}),
    );
  });

  it('chooses x86_64 for the engine that exists for nothing else', () => {
    assert.equal(parseConfig({ engine: 'tfjs' }).architecture, 'x86_64');
    assert.throws(() => parseConfig({ engine: 'tfjs', architecture: 'arm64' }), {
      message: /^Expected architecture to be x86_64 with engine tfjs but received arm64;/,
    });
  });

  for (const [key, value, expected] of [
    ['maximumFaces', '0', 'a whole number from 1 to 100 but received "0"'],
    ['maximumFaces', '1.5', 'a whole number from 1 to 100 but received "1.5"'],
    ['maximumFaces', '', 'a whole number from 1 to 100 but received ""'],
    ['maximumFaces', 'many', 'a whole number from 1 to 100 but received "many"'],
    ['maximumFaces', null, 'a whole number from 1 to 100 but received null'],
    ['minimumConfidence', 1, 'a number between 0 and 1, both excluded but received 1'],
    ['estimators', 'age', 'each of age, gender once, in groups such as'],
    ['estimators', 'age+gender / age', 'each of age, gender once, in groups such as'],
    [
      'attributes',
      '',
      'any of age, gender, expression, eyes, mouth, looks, separated by commas; or all but received ""',
    ],
    ['attributes', 'age,gender,beauty', 'any of age, gender, expression, eyes, mouth, looks'],
    ['attributes', 'age,gender,age', 'any of age, gender, expression, eyes, mouth, looks'],
    ['skipPrefixes', 'api/photos', 'what keys begin with, but not api/, separated by commas but received'],
    ['skipPrefixes', 'a', 'what keys begin with, but not api/'],
    ['logDays', 31, 'one of 1, 3, 5, 7, 14, 30, 60,'],
    ['engine', 'torch', 'one of onnx, tfjs but received "torch"'],
    ['removalPolicy', 'keep', 'one of retain, destroy but received "keep"'],
    ['tracing', 'yes', 'true or false but received "yes"'],
    ['apiAccess', 'open', 'one of key, iam but received "open"'],
    ['apiRate', 0, 'a whole number from 1 to 10000 but received 0'],
    ['corsOrigins', '*', 'origins such as https://example.com, separated by commas but received "*"'],
    ['corsOrigins', 'https://example.com/', 'origins such as https://example.com, separated by commas but'],
    ['webhookUrl', 'http://example.com', 'an address that begins with https:// but received "http:'],
    ['maximumTrainingMinutes', 0, 'a whole number from 1 to 20160 but received 0'],
    ['maximumTrainingDollars', 0, 'a number of dollars from 0.01 to 10000 but received 0'],
    ['alarmEmail', 'me', 'an e-mail address but received "me"'],
    ['stackName', 'Face_Drop', '1 to 40 lower-case letters, digits and single hyphens, a letter first but'],
    ['stackName', 'a'.repeat(41), '1 to 40 lower-case letters'],
    ['stackName', 'facedrop-prod-eu-central-1-recognition-team-a', '1 to 40 lower-case letters'],
    ['stackName', 'sthree-faces', '1 to 40 lower-case letters'],
  ] as const) {
    it(`refuses ${key}=${JSON.stringify(value)}, saying what it expects and how to set it`, () => {
      assert.throws(
        () => parseConfig({ [key]: value }),
        ({ message }: Error) =>
          message.startsWith(`Expected ${key} to be ${expected}`) && message.includes(`-c ${key}=…`),
      );
    });
  }

  it('estimates an expression only where it is asked for', () => {
    const groupsOf = (context: object) => parseConfig({ ...context }).estimators;
    assert.deepEqual(groupsOf({}), [['age'], ['gender']]);
    assert.deepEqual(groupsOf({ attributes: 'gender' }), [['gender']], 'Nothing has to be estimated');
    assert.deepEqual(groupsOf({ attributes: 'all' }), [
      ['age'],
      ['gender'],
      ['expression'],
      ['eyes'],
      ['mouth'],
      ['looks'],
    ]);
    const attributes = 'age, gender, expression';
    assert.deepEqual(parseConfig({ attributes }).attributes, ['age', 'gender', 'expression']);
    assert.deepEqual(groupsOf({ attributes, estimators: 'expression / age+gender' }), [
      ['expression'],
      ['age', 'gender'],
    ]);
    for (const context of [
      { estimators: 'age / gender / expression' },
      { attributes, estimators: 'age+gender' },
    ]) {
      assert.throws(() => parseConfig(context), /Expected estimators to be each of age, gender/);
    }
  });

  it('names every wrong key at once, unknown ones among them', () => {
    assert.throws(
      () => parseConfig({ maxFaces: 3, logDays: 2, timeout: 1 }),
      ({ message }: Error) => {
        const lines = message.split('\n');
        assert.equal(lines.length, 3);
        assert.match(message, /^Expected logDays to be/m);
        assert.match(message, /^Expected timeout to be/m);
        assert.match(message, /^Expected one of the settings .* but received "maxFaces"/m);
        return true;
      },
    );
  });

  it('suggests the setting that an unknown name resembles, if there is one', () => {
    assert.throws(() => parseConfig({ maxFaces: 3 }), {
      message: /"maxFaces"; did you mean maximumFaces\?$/,
    });
    assert.throws(() => parseConfig({ corsOrigin: '' }), {
      message: /"corsOrigin"; did you mean corsOrigins\?$/,
    });
    assert.throws(() => parseConfig({ zzzz: 1 }), { message: /"zzzz"; look it up there\.$/ });
  });

  for (const [key, values] of [
    ['estimators', ['foo', 'age,gender', 'age / foo', '']],
    ['corsOrigins', ['example.com', 'https://example.com,example.org', ['https://a.com', 'b.com']]],
    ['apiAdmins', ['admin', 'role/a,admin', ['role/a', 'admin']]],
  ] as const) {
    it(`says one thing about each wrong value of ${key}, which holds several`, () => {
      for (const value of values) {
        assert.throws(
          () => parseConfig({ [key]: value }),
          ({ message }: Error) =>
            message.startsWith(`Expected ${key} to be `) &&
            message.includes(` but received ${JSON.stringify(value)}; `) &&
            !message.includes('\n'),
        );
      }
    });
  }
});

describe('a setting without effect', () => {
  for (const [context, message] of [
    [
      { engine: 'tfjs', weights: 'small' },
      'Expected engine to be onnx with weights but received tfjs; leave weights out, or set engine.',
    ],
    [
      { trainer: 'none', trainingSchedule: 'rate(30 days)' },
      'Expected trainer to be lambda or batch with trainingSchedule but received none; leave trainingSchedule out, or set trainer.',
    ],
    [
      { engine: 'tfjs', trainingSchedule: 'rate(30 days)' },
      'Expected engine to be onnx with trainingSchedule but received tfjs; leave trainingSchedule out, or set engine.',
    ],
    [
      { trainingInstance: 'c7i.8xlarge' },
      'Expected trainer to be batch with trainingInstance but received lambda; leave trainingInstance out, or set trainer.',
    ],
    [
      { apiAdmins: 'role/admin' },
      'Expected apiAccess to be iam with apiAdmins but received key; leave apiAdmins out, or set apiAccess.',
    ],
  ] as const) {
    it(`is refused: ${JSON.stringify(context)}`, () => {
      assert.throws(() => parseConfig(context), { message });
    });
  }
});

describe('what a function holds', () => {
  it('bounds the lists that come into its environment', () => {
    const long = Array.from({ length: 40 }, (_, index) => `role/administrator-of-faces-${index}`);
    assert.throws(() => parseConfig({ apiAccess: 'iam', apiAdmins: long }), {
      message: /^Expected apiAdmins to take at most 1000 bytes together but received 12\d\d; name fewer/,
    });
    assert.throws(() => parseConfig({ skipPrefixes: ['照'.repeat(200), '片'.repeat(200)] }), {
      message: /^Expected skipPrefixes to take at most 1000 bytes together but received 1201;/,
    });
  });

  it('bounds the files that are read side by side', () => {
    parseConfig({ maximumBytes: 100_000_000 });
    parseConfig({ detectMemory: 512 });
    assert.throws(() => parseConfig({ maximumBytes: 100_000_000, batchSize: 10 }), {
      message:
        /^Expected maximumBytes to be at most 58966666 with batchSize 10 and detectMemory 1769, .* received 100000000;/,
    });
    parseConfig({ maximumBytes: 100_000_000, batchSize: 10, detectMemory: 3008 });
  });
});

describe('ceilings', () => {
  it('of costs need somebody to notify', () => {
    assert.throws(() => parseConfig({ monthlyBudget: 100 }), {
      message: /^Expected alarmEmail with monthlyBudget but received none/,
    });
    assert.equal(parseConfig({ monthlyBudget: '100', alarmEmail: 'me@example.com' }).monthlyBudget, 100);
  });
});

describe('a training', () => {
  it('is scheduled with a network that can learn the attribute', () => {
    const trainingNetwork = 'lbp-hog-svr';
    assert.throws(() => parseConfig({ trainingTask: 'gender', trainingNetwork }), {
      message:
        /^Expected trainingNetwork to be one that learns classes, such as transfer, with trainingTask gender but/,
    });
    for (const trainingTask of ['age', 'beauty']) parseConfig({ trainingTask, trainingNetwork });
  });

  it('runs on instances with the processors that its image is made for', () => {
    for (const type of ['c7i.8xlarge', 'm7i-flex.large', 'g4dn.xlarge', 'u7i-12tb.224xlarge', 'r7iz.large']) {
      parseConfig({ trainer: 'batch', trainingInstance: type });
    }
    for (const type of ['c7g.large', 'm6gd.large', 'g5g.xlarge', 'im4gn.large', 'i8ge.large', 'a1.large']) {
      assert.throws(() => parseConfig({ trainer: 'batch', trainingInstance: type }), {
        message: /^Expected trainingInstance to be a type of EC2 instances with x86 processors such as/,
      });
    }
  });

  it('keeps checkpoints for as long as a training may go on from them', () => {
    parseConfig({ trainingDays: 2 });
    parseConfig({ trainingDays: 0, maximumTrainingMinutes: 20_160 });
    parseConfig({ trainingDays: 1, trainer: 'none' });
    assert.throws(() => parseConfig({ trainingDays: 14, maximumTrainingMinutes: 20_160 }), {
      message:
        /^Expected trainingDays to be at least 15 with maximumTrainingMinutes 20160, .* but received 14; keep/,
    });
  });

  it('stays within the history that an execution may have', () => {
    parseConfig({ maximumTrainingMinutes: 20_160 });
    parseConfig({ maximumTrainingMinutes: 20_160, trainTimeout: 60, trainer: 'batch' });
    assert.throws(() => parseConfig({ maximumTrainingMinutes: 20_160, trainTimeout: 60 }), {
      message:
        /^Expected trainTimeout to be long enough for 20160 minutes .* but received 60; take a longer one/,
    });
  });
});
