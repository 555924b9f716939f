import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Command } from 'commander';
import { messageOf } from './command.ts';

export interface AccountOptions {
  readonly profile?: string;
  readonly region?: string;
}

/** Whose AWS account a command works on, and where. */
export interface Account {
  readonly id: string;
  readonly region: string;
}

/** Gives a command the options that say whose AWS account it works on. */
export function addAccountOptions(command: Command): Command {
  return command
    .option('--profile <name>', 'profile of the AWS configuration files')
    .option('--region <region>', 'AWS region');
}

/** @throws Error saying how to sign in, or how to name a region */
export async function findAccount(options: AccountOptions): Promise<Account> {
  const client = new STSClient(options);
  const region = await client.config.region().catch((cause: unknown) => {
    throw new Error('Expected an AWS region but found none. Name one with --region or AWS_REGION.', {
      cause,
    });
  });
  try {
    const { Account: id = '' } = await client.send(new GetCallerIdentityCommand());
    return { id, region };
  } catch (cause) {
    const reason = messageOf(cause).replace(/\.$/, '');
    throw new Error(
      `Expected valid AWS credentials but there are none (${reason}). Sign in (aws configure, aws sso login), or ` +
        'name a profile with --profile or AWS_PROFILE.',
      { cause },
    );
  }
}
