import { classesAttribute } from '../classes.ts';

/** Male or female, as those who labelled the photos would have said. */
export const gender = classesAttribute({
  name: 'gender',
  plural: 'genders',
  classes: ['M', 'F'],
  titles: { M: 'male', F: 'female' },
  // Not 0 and 1: data sets don't agree on what they mean.
  spellings: { M: ['male', 'man'], F: ['female', 'woman'] },
  schema: { id: 'Sex', description: 'Male or female' },
});
