import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { execa } from 'execa';
import { describeApi } from '../../clients/document.ts';
import { generatePackage, generatorPython } from '../../clients/python/generate.ts';
import { ROOT } from '../../support/packages.ts';
import { Client } from '../functions/api/client.ts';
import { exampleOf } from './readme.ts';

/** Prints what the API says to the key. */
const ASK = `
import json, os
from facedrop_client import AuthenticatedClient
from facedrop_client.api.photos import list_photos
client = AuthenticatedClient(base_url=os.environ["FACEDROP_URL"], token=os.environ["FACEDROP_KEY"])
answer = list_photos.sync(client=client)
print(json.dumps([type(answer).__name__, answer.to_dict()]))
`;

const holder = await Client.create();

describe('The Python client', () => {
  let folder: string;
  let python: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'facedrop-python-client-'));
    python = await generatorPython();
    await generatePackage(await describeApi(), folder);
  });
  after(() => rm(folder, { recursive: true }));

  async function run(program: string, key = holder.key ?? ''): Promise<string> {
    const { stdout } = await execa(python, ['-c', program], {
      cwd: ROOT,
      env: { PYTHONPATH: folder, FACEDROP_URL: holder.target.stack.apiUrl, FACEDROP_KEY: key },
    });
    return stdout;
  }

  it('does what its README shows', async () => {
    const readme = path.join(ROOT, 'clients', 'python', 'README.md');
    assert.match(
      await run(await exampleOf(readme, 'python')),
      /^\(\d+, \d+\) [FM]\n[\d.]+\n77(?:\.0)?\n\[True\]$/,
    );
    assert.deepEqual(JSON.parse(await run(ASK)), ['PhotoList', { photos: [] }]);
  });

  it('answers with the problem document when the key is wrong', async () => {
    const [type, problem] = JSON.parse(await run(ASK, `fd_${'A'.repeat(43)}`));
    assert.equal(type, 'Problem');
    assert.equal(problem.type, 'urn:facedrop:problem:wrong-key');
    assert.equal(problem.status, 401);
    assert.match(problem.detail, /^Expected .+\.$/);
  });
});
