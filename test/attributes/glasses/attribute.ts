import { classesAttribute } from '../../../attributes/classes.ts';

/** An attribute for a trial: whether a person wears glasses. */
export const glasses = classesAttribute({
  name: 'glasses',
  plural: 'glasses',
  classes: ['yes', 'no'],
  titles: { yes: 'with glasses', no: 'without glasses' },
  spellings: { yes: ['y', 'true'], no: ['n', 'false'] },
});
