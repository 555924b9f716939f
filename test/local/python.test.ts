import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { pythonEnvironment } from '../../local/python.ts';

describe('pythonEnvironment', () => {
  const { PATH } = process.env;
  let folder: string;
  let requirements: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'facedrop-python-'));
    requirements = path.join(folder, 'requirements.txt');
    // One that nobody has installed before.
    await writeFile(requirements, `# ${folder}\n`);
    process.env.PATH = folder;
  });
  afterEach(async () => {
    process.env.PATH = PATH;
    await rm(folder, { recursive: true });
  });

  const command = async (name: string, script: string) => {
    await writeFile(path.join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(path.join(folder, name), 0o755);
  };

  it('says what to install when there is no Python', async () => {
    await assert.rejects(pythonEnvironment('test', requirements), {
      message:
        /^Expected Python 3\.10 or newer with pip but found none\. Install it \(.*apt install python3-pip/,
    });
  });

  it('says what is wrong with those that there are', async () => {
    await command('python3', 'echo 3 9');
    await command('python', 'echo 2 7');
    await command('python3.12', '[ "$1" = -c ] && echo 3 12');
    await assert.rejects(pythonEnvironment('test', requirements), {
      message:
        /^Expected Python 3\.10 or newer with pip but found 3\.9, 2\.7, 3\.12 without pip\. Install it/,
    });
  });
});
