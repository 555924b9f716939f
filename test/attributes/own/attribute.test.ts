import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attributeOf } from '../../../attributes/list.ts';
import type { OwnDefinition } from '../../../attributes/own/definition.ts';
import { CONSTANT_ANSWER, decide } from '../../../training/evaluation/decision.ts';
import { evaluate } from '../../../training/evaluation/evaluation.ts';
import { describeData } from '../../../training/report/report.ts';

const MODEL = { name: 'transfer', version: '1' };
const mood: OwnDefinition = { name: 'mood', kind: 'classes', classes: ['happy', 'neutral', 'sad'] };
const beauty: OwnDefinition = { name: 'beauty', kind: 'number', range: [1, 5] };

/** A distribution over the steps of a range that is all in one of them. */
const at = (step: number) => Array.from({ length: 41 }, (_, index) => Number(index === step));
const interval = { lower: 0.1, upper: 0.9, margin: 0, faces: 100 };

describe('an own attribute', () => {
  it('of classes is read, learned and judged by the column that is named like it', () => {
    const { read, learning, evaluation } = attributeOf(mood);
    assert.deepEqual(read([0.2, 0.7, 0.1], { output: 'classes' }, MODEL), {
      mood: { value: 'neutral', probabilities: { happy: 0.2, neutral: 0.7, sad: 0.1 }, model: MODEL },
    });
    assert.throws(() => read([0.5, 0.5], { output: 'classes' }, MODEL), /Expected probabilities of happy/);
    const options = { labelDeviation: 2 };
    assert.deepEqual([...learning.target({ groups: { mood: ' Sad' } }, 'classes', options)], [0, 0, 1]);
    assert.equal(learning.isLabelled({ groups: { mood: 'sad' } }), true);
    assert.equal(learning.isLabelled({ groups: { mood: '' } }), false);
    assert.equal(learning.isLabelled({ groups: { mood: 'bored' } }), false);
    const said = { mood: { value: 'sad', probabilities: { happy: 0.1, neutral: 0.1, sad: 0.8 } } };
    const faces = ['sad', 'happy'].map((value) => ({ groups: { mood: value }, said }));
    assert.deepEqual(evaluation.measure(faces), { right: 0.5 });
    assert.equal(evaluation.describe({ groups: { mood: 'happy' }, said }), 'sad 80 %, labelled happy');
  });

  it('that is a number is read with an interval that validation faces widened', () => {
    const { read, learning } = attributeOf(beauty);
    assert.deepEqual(read(at(20), { output: 'number', interval } as never, MODEL), {
      beauty: { value: 3, low: 2.96, high: 3.04, range: [1, 5], model: MODEL },
    });
    const target = learning.target({ groups: { beauty: '3' } }, 'number', { labelDeviation: 2 });
    assert.equal(target.indexOf(Math.max(...target)), 20);
    assert.ok(Math.abs(target.reduce((sum, value) => sum + value) - 1) < 1e-6);
    const judged = learning.judge(at(30), { groups: { beauty: '3' } }, 'number');
    assert.ok(Math.abs((judged.error ?? 0) - 1) < 1e-9);
    // Labels that are a tenth of the range off, nine times in ten.
    const answers = Array.from({ length: 100 }, (_, index) => ({
      label: { groups: { beauty: index % 10 === 0 ? '3' : '3.4' } },
      probabilities: at(20),
    }));
    const reading = learning.calibration?.calibrate(answers, 'number', []);
    const { beauty: told } = read(at(20), reading ?? { output: '' }, MODEL) as {
      beauty: { low: number; high: number };
    };
    assert.ok(told.high >= 3.4 && told.low <= 2.6, JSON.stringify(told));
  });

  it('that is a number is measured by error, ranks and coverage', () => {
    const { evaluation } = attributeOf(beauty);
    const faces = [1, 2, 3, 4].map((value) => ({
      groups: { beauty: String(value) },
      said: { beauty: { value: value + 0.5, low: value - 0.5, high: value + 0.5 } },
    }));
    assert.deepEqual(evaluation.measure(faces), { meanAbsoluteError: 0.5, rankCorrelation: 1, covered: 1 });
    assert.deepEqual(evaluation.measure([{ groups: { beauty: '3' } }]), {});
  });

  it('is told for each of its classes and each other column, in which it is none', () => {
    const faces = ['happy', 'sad'].map((value, index) => ({
      face: String(index),
      groups: { mood: value, light: 'dim' },
      said: { mood: { value: 'sad', probabilities: { happy: 0.1, neutral: 0.1, sad: 0.8 } } },
    }));
    const { groups, overall } = evaluate(mood, faces);
    assert.deepEqual(overall, { faces: 2, found: 1, right: 0.5 });
    assert.deepEqual(
      groups.map(({ group }) => `${group.column} ${group.value}`),
      ['mood happy', 'mood sad', 'light dim'],
    );
  });

  it('may have a class "unknown", which is not the same as no label', () => {
    const task: OwnDefinition = { name: 'beard', kind: 'classes', classes: ['unknown', 'yes'] };
    const groups = [{ beard: 'unknown' }, { beard: 'yes' }, {}, {}];
    const faces = groups.map((each) => ({ split: 'train' as const, groups: each as Record<string, string> }));
    const { classes } = describeData('people', faces, undefined, task);
    const counts = Object.entries(classes.beard ?? {}).map(([each, { train }]) => [each, train]);
    assert.deepEqual(counts, [
      ['unknown', 1],
      ['yes', 1],
      ['', 2],
    ]);
    const { drawing } = attributeOf(task).evaluation;
    assert.ok(drawing.kind === 'classes');
    assert.deepEqual([drawing.titles.unknown, drawing.titles['']], ['beard: unknown', 'beard not labelled']);
  });

  it('goes into service where it beats the constant answer, whichever class that flatters', () => {
    const faces = (said: (label: string) => string) =>
      Array.from({ length: 40 }, (_, index) => {
        const label = ['happy', 'neutral', 'neutral', 'sad'][index % 4] ?? '';
        const value = said(label);
        return {
          face: String(index),
          groups: { mood: label },
          said: { mood: { value, probabilities: { [value]: 0.9 } } },
        };
      });
    const constant = faces(() => 'neutral');
    const good = faces((label) => (label === 'neutral' ? 'happy' : label));
    const better = [...faces((label) => label).slice(0, 36), ...good.slice(36)];
    const decision = decide(mood, better, constant, {}, CONSTANT_ANSWER);
    assert.equal(decision.promote, true, decision.reasons.join());
    assert.match(decision.reasons[0] ?? '', /^Better than the constant answer by more than chance/);
    assert.equal(decide(mood, constant, constant, {}, CONSTANT_ANSWER).promote, false);
    assert.equal(decide(mood, better.slice(0, 9), constant, {}, CONSTANT_ANSWER).promote, false);
    // Against a model, as many faces as ever are asked for.
    assert.equal(decide(mood, better, constant).promote, false);
  });
});
