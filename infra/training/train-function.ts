import { Duration, Size } from 'aws-cdk-lib';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  Architecture,
  Code,
  DockerImageCode,
  DockerImageFunction,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { TrainCode } from '../code.ts';
import type { Config } from '../config.ts';
import { commonOptions } from '../function.ts';

export interface TrainFunctionProps {
  readonly config: Config;
  readonly code: TrainCode;
}

/** For faces, features and checkpoints, in MB: as much as Lambda gives. */
const STORAGE = 10_240;

/** The function that trains: a container image, as native TensorFlow is too large for anything else. */
export function createTrainFunction(scope: Construct, props: TrainFunctionProps): LambdaFunction {
  const { config, code } = props;
  const options = {
    // TensorFlow for Linux on other processors is built by others.
    architecture: Architecture.X86_64,
    memorySize: config.trainMemory,
    ephemeralStorageSize: Size.mebibytes(STORAGE),
    timeout: Duration.seconds(config.trainTimeout),
    ...commonOptions(scope, config, {
      WEIGHTS: config.weights,
      ...('zip' in code ? code.environment : {}),
    }),
  };
  if ('zip' in code) {
    return new LambdaFunction(scope, 'Function', {
      ...options,
      runtime: Runtime.PROVIDED_AL2023,
      handler: code.handler,
      code: Code.fromAsset(code.zip),
    });
  }
  const { image: directory, ...assets } = code;
  return new DockerImageFunction(scope, 'Function', {
    ...options,
    code: DockerImageCode.fromImageAsset(directory, {
      ...assets,
      target: 'lambda',
      platform: Platform.LINUX_AMD64,
    }),
  });
}
