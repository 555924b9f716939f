import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describeApi } from './document.ts';
import { generatePackage, PACKAGE } from './python/generate.ts';
import { generateTypes, TYPES } from './typescript/generate.ts';

/** `npm run clients`: makes what is generated of the clients. */
const document = await describeApi();
await writeFile(TYPES, await generateTypes(document));
await generatePackage(document, PACKAGE);
for (const made of [TYPES, PACKAGE]) console.log(path.relative('', made));
