import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { execa } from 'execa';

/**
 * A further attribute needs its own folder and its line in the list: nothing else. Here one is added to a copy of the
 * sources, which lies in the repository so that it finds its packages.
 */

const ROOT = path.resolve(import.meta.dirname, '..', '..');
/** All sources but the page's script, which knows words alone. */
const ROOMS = [
  'attributes',
  'cli',
  'functions',
  'infra',
  'layers',
  'local',
  'models',
  'networks',
  'support',
  'training',
  'vision',
];

/** Runs in the copy, type-checked there; prints what is compared here. */
const TRIAL = `
import { AGE_GROUPS } from './attributes/age/result.ts';
import { ATTRIBUTE_NAMES, attributeOf } from './attributes/list.ts';
import { formatLabels } from './training/dataset/canonical.ts';
import { checkValues, findFiles } from './training/dataset/catalogue.ts';
import { datasetLabelSchema } from './training/dataset/label.ts';
import { readFolderLabels } from './training/dataset/layouts/index.ts';
import { Problems } from './training/dataset/problem.ts';
import type { JudgedFace } from './training/evaluation/answer.ts';
import { decide } from './training/evaluation/decision.ts';
import { evaluate } from './training/evaluation/evaluation.ts';
import { measureFaces } from './training/evaluation/measures.ts';
import { renderReport } from './training/report/page.ts';
import { describeData } from './training/report/report.ts';
import { outputOf, trainingSpecSchema } from './training/spec.ts';
import { Tally, targetOf, unitsOf } from './training/trainer/target.ts';
import { measuresSchema } from './models/card.ts';

const CSV = 'file,age,glasses\\na.jpg,30,Y\\nb.jpg,,no\\nc.jpg,40,perhaps\\nd.jpg,40,\\n';
const names = ['labels.csv', 'a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'];
const folder = {
  description: 'folder',
  name: 'folder',
  list: async () => names.map((name) => ({ name, size: 1, tag: name })),
  read: async () => new TextEncoder().encode(CSV),
};
const problems = new Problems();
const { photos } = await readFolderLabels(folder, names, problems);
const labels = checkValues(findFiles(photos, await folder.list(), problems), problems);

const spec = { ...trainingSpecSchema.parse({ task: 'glasses' }), task: 'glasses' as const };
const tally = new Tally(spec);
tally.add([0.2, 0.8], targetOf({ glasses: 'no' }, spec), { glasses: 'no' });
tally.add([0.2, 0.8], targetOf({ glasses: 'yes' }, spec), { glasses: 'yes' });

/** Of 300 faces, a share is answered correctly. */
const faces = (share: number): JudgedFace[] =>
  Array.from({ length: 300 }, (_, index) => {
    const glasses = index % 2 === 0 ? 'yes' : 'no';
    const said = index < 300 * share === (glasses === 'yes') ? 'yes' : 'no';
    return { face: String(index).padStart(3, '0'), glasses, said: { glasses: { glasses: said, confidence: 0.9 } } };
  });
const [candidate, inService] = [faces(0.95), faces(0.7)];
const evaluation = evaluate('glasses', candidate);
const decision = decide('glasses', candidate, inService);
const data = describeData('faces', [{ glasses: 'yes', groups: {}, split: 'train' }]);
const report = renderReport({
  task: 'glasses',
  createdAt: '2026-01-01T00:00:00Z',
  candidate: { name: 'transfer', version: '1', evaluation },
  inService: { name: 'other', version: '2', evaluation: evaluate('glasses', inService) },
  decision,
  data,
});
const read = attributeOf('glasses').read([0.3, 0.7], { output: 'glasses' }, { name: 'transfer', version: '1' });

console.log(
  JSON.stringify({
    names: ATTRIBUTE_NAMES,
    photos,
    problems: problems.list().map(({ kind, examples }) => [kind, ...examples]),
    labels: labels.length,
    csv: formatLabels(photos),
    label: datasetLabelSchema.safeParse({ groups: {}, glasses: 'perhaps' }).success,
    learned: { output: outputOf(spec), units: unitsOf(spec), target: [...targetOf({ glasses: 'no' }, spec)] },
    tally: tally.result(1),
    read,
    measures: measuresSchema.parse(measureFaces(candidate)),
    groups: evaluation.groups.map(({ group }) => group),
    confusion: evaluation.confusion,
    reliability: evaluation.reliability,
    decision: { promote: decision.promote, statistic: decision.comparison.statistic },
    classes: data.classes.glasses,
    report: { title: /<h1>(.*)<\\/h1>/.exec(report)?.[1], worst: /<b>(.*?)<\\/b>/.exec(report)?.[1] },
    ages: AGE_GROUPS.length,
  }),
);
`;

describe('A further attribute', () => {
  let copy: string;
  before(async () => {
    await mkdir(path.join(ROOT, '.build'), { recursive: true });
    copy = await mkdtemp(path.join(ROOT, '.build', 'trial-'));
    for (const room of ROOMS) {
      await cp(path.join(ROOT, room), path.join(copy, room), {
        recursive: true,
        filter: (file) => !path.basename(file).includes('.') || /\.(ts|json)$/.test(file),
      });
    }
    for (const file of ['package.json', 'cdk.json']) await cp(path.join(ROOT, file), path.join(copy, file));
    await addAttribute(copy);
    await writeFile(path.join(copy, 'trial.ts'), TRIAL);
    const config = {
      extends: path.join(ROOT, 'tsconfig.json'),
      include: ['trial.ts', ...ROOMS],
      exclude: ['functions/api/page/browser'],
    };
    await writeFile(path.join(copy, 'tsconfig.json'), JSON.stringify(config));
  });
  after(() => rm(copy, { recursive: true, force: true }));

  it('is known to the types', async () => {
    const { exitCode, stdout } = await execa('npx', ['tsc', '-p', copy], { cwd: ROOT, reject: false });
    assert.equal(exitCode, 0, stdout);
  });

  it('is labelled, learned, measured, compared and reported', async () => {
    const { stdout } = await execa(process.execPath, [path.join(copy, 'trial.ts')], { cwd: ROOT });
    const found = JSON.parse(stdout);
    // Nine tenths, except for rounding.
    const confidence: number = found.reliability[0].confidence;
    assert.ok(Math.abs(confidence - 0.9) < 1e-9);
    assert.deepEqual(found, {
      names: ['age', 'gender', 'glasses', 'expression', 'eyes', 'mouth', 'looks'],
      photos: [
        { file: 'a.jpg', age: 30, glasses: 'yes', groups: {} },
        { file: 'b.jpg', glasses: 'no', groups: {} },
        { file: 'd.jpg', age: 40, groups: {} },
      ],
      problems: [
        ['invalid-value', 'line 4: expected yes or no but received "perhaps"'],
        ['no-label', 'c.jpg'],
      ],
      labels: 3,
      csv: '"file","age","glasses"\n"a.jpg",30,"yes"\n"b.jpg",,"no"\n"d.jpg",40,\n',
      label: false,
      learned: { output: 'glasses', units: 2, target: [0, 1] },
      tally: {
        step: 1,
        loss: -(Math.log(0.2) + Math.log(0.8)) / 2,
        exact: 0.5,
        oneOff: 0.5,
      },
      read: { glasses: { glasses: 'no', confidence: 0.7, model: { name: 'transfer', version: '1' } } },
      measures: { faces: 300, found: 1, glasses: 0.95 },
      groups: [
        { column: 'glasses', value: 'without glasses' },
        { column: 'glasses', value: 'with glasses' },
      ],
      confusion: {
        classes: ['no', 'yes'],
        counts: [
          [142, 8],
          [7, 143],
        ],
      },
      reliability: [{ faces: 300, confidence, right: 0.95 }],
      decision: { promote: true, statistic: 'glasses' },
      classes: { yes: { train: 1, validation: 0, test: 0 } },
      report: { title: 'Glasses model transfer', worst: 'yes 90 %, labelled no' },
      ages: 8,
    });
  });
});

/** Adds the trial's folder, and its line in the list. */
async function addAttribute(copy: string): Promise<void> {
  const [from, to] = [path.join(import.meta.dirname, 'glasses'), path.join(copy, 'attributes', 'glasses')];
  await mkdir(to);
  for (const file of await readdir(from)) {
    const text = await readFile(path.join(from, file), 'utf8');
    await writeFile(path.join(to, file), text.replaceAll('../../../attributes/', '../'));
  }
  const list = path.join(copy, 'attributes', 'list.ts');
  const text = await readFile(list, 'utf8');
  const added = text
    .replace('[age, gender,', '[age, gender, glasses,')
    .replace('  genderWords,\n', '  genderWords,\n  glassesWords,\n');
  assert.notEqual(added, text);
  const imports = [
    `import { glasses } from './glasses/attribute.ts';`,
    `import { glassesWords } from './glasses/words.ts';`,
  ];
  await writeFile(list, `${imports.join('\n')}\n${added}`);
}
