import type { Reading } from '../shared/photos.ts';
import { tooLarge } from './body.ts';
import { excerpt } from './excerpt.ts';
import { Problem } from './problem.ts';

type UnreadPhoto = Extract<Reading, { readonly unread: string }>;

interface Asked {
  /** Where the client named the photo, and as what. */
  readonly field: string;
  readonly name: string;
  readonly maximumBytes: number;
}

/** Why a photo can't be read, for who asked for it. */
export function unreadProblem(read: UnreadPhoto, { field, name, maximumBytes }: Asked): Problem {
  const received = excerpt(name);
  switch (read.unread) {
    case 'too-many-bytes':
      return tooLarge(field, read.size, maximumBytes);
    case 'refused':
      return new Problem('unreadable', read.reason);
    case 'skipped': {
      const expected = 'a photo that may be analysed';
      return new Problem(
        'not-allowed',
        `Expected ${expected} but received "${received}", which is excluded from analysis by its tag "facedrop=skip" or by its key.`,
        { errors: [{ field, expected, received }] },
      );
    }
    default: {
      const expected = `the ${field} of a photo`;
      return new Problem(
        'not-found',
        `Expected ${expected} in the bucket but there is none at "${received}".`,
        { errors: [{ field, expected, received }] },
      );
    }
  }
}
