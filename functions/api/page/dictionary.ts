import { nouns, USUAL_FACTS, USUAL_WORDS } from '../../../attributes/facts.ts';
import { enumerate, type Language } from '../../../attributes/words.ts';

export type { Language };

/** All texts of the page, except those about single attributes, which are in the attributes' own words. */

export const told = (language: Language) => USUAL_FACTS.map(({ noun }) => noun[language]);
export const demands = (language: Language, space = '') =>
  USUAL_WORDS.map(({ correction: { verb, noun } }) => verb[language] + space + noun[language]);
export const notes = (language: Language) =>
  USUAL_WORDS.flatMap(({ note }) => note?.[language] ?? []).join(' ');
const capitalise = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const en = {
  pageTitle: `facedrop · ${enumerate(nouns('en'))} of every face`,
  title: 'Drop a photo, get its faces',
  lead: `${capitalise(enumerate(told('en')))} for every face, and how certain each estimate is.`,
  skip: 'Skip to the results',
  otherLanguage: '中文',
  /** For browsers that have no font for the other language. */
  otherLanguageTranslated: 'Chinese',
  reference: 'API reference',

  intake: 'Photos',
  drop: 'Drop photos here, or paste one',
  choose: 'Choose photos',
  takePhoto: 'Take a photo',
  example: 'Try an example',
  formats: 'JPEG, PNG, WebP, AVIF, GIF or TIFF.',
  scaling: 'Large photos are scaled down on your device first.',
  limit: 'At most 4 MB.',
  analyse: 'Find faces',
  privacy:
    'Nothing is stored. Photos are analysed and forgotten, unless you correct a face and agree to keep the photo.',
  key: 'API key',
  keyHint: 'Kept in this tab only.',
  keyInUse: 'API key in use for this tab.',
  useKey: 'Use key',
  changeKey: 'Change',

  results: 'Results',
  photo: 'Photo',
  photoOf: (name: string) => `Photo ${name}`,
  looking: 'Looking for faces…',
  waiting: 'Waiting for its turn…',
  starting: 'Still looking. The service may be starting, which takes a few seconds.',
  noFace: 'No face found',
  noFaceAdvice: 'Faces are easiest to find when they are well lit, uncovered and larger than a fingernail.',
  faces: (count: number) => (count === 1 ? '1 face' : `${count} faces`),
  facesOf: (count: number, found: number) => `the ${count} largest of ${found} faces`,
  notShown: 'Your browser can’t show this kind of photo.',
  retry: 'Try again',
  remove: 'Remove',
  removePhoto: (name: string) => `Remove ${name}`,
  copy: 'Copy JSON',
  copied: 'Copied.',
  annotate: 'Save annotated',
  blur: 'Save blurred',
  saved: 'Saved to your downloads.',
  savedBlurred:
    'Saved to your downloads. Check it before you share it: a face that was not found is not blurred.',
  sheet: 'Contact sheet',
  sortBy: 'Sort by',
  photoOrder: 'Order of the photos',
  announceDone: (name: string, summary: string) => `${name}: ${summary}.`,
  announceLooking: (name: string) => `Looking for faces in ${name}.`,

  face: (number: number) => `Face ${number}`,
  describeFace: (number: number, description: string) => `Face ${number}: ${description}. Correct it`,
  separator: ', ',
  detected: 'Detection',
  detectedMeaning: 'How certain the detector is that this is a face.',
  correct: 'Correct',
  correctFace: (number: number) => `Correct face ${number}`,

  correction: (number: number) => `Correct face ${number}`,
  correctionLead: 'Fill in only what you want to correct.',
  keptTitle: 'What is kept',
  kept: 'This photo, a cut-out of the face, and your correction. They are encrypted, and the operator of this service uses them to improve later estimates.',
  erasing:
    'You can erase all of it: here, once it is kept, or later, with the photo’s id. Nothing is kept without your consent.',
  consent: 'I agree. The face is mine, or the person shown agrees.',
  save: 'Save',
  cancel: 'Cancel',
  close: 'Close',
  nothingCorrected: `${capitalise(enumerate(demands('en', ' '), ', ', ' or '))}.`,
  uploading: 'Uploading the photo…',
  analysing: 'Waiting for the photo’s analysis…',
  saving: 'Saving the correction…',
  correctionSaved: (number: number) => `The correction of face ${number} is saved.`,
  corrected: (values: string) => `Your correction: ${values}`,
  keptAs: 'Kept, with your corrections, as photo',
  erase: 'Erase',
  erasingNow: 'Erasing…',
  erased: 'Erased: photo, cut-outs, results and corrections.',

  camera: 'Camera',
  capture: 'Take photo',
  switchCamera: 'Switch camera',
  cameraPhoto: 'Camera',
  noCamera: 'The camera can’t be used here.',
  noCameraAdvice: 'Allow the camera for this page in the browser’s settings, or use the camera app.',
  cameraApp: 'Camera app',

  about:
    'All of this is estimated from appearance alone. It is often wrong (ages by years), especially for children and older people, and proves nothing about who a person is.',
  notes: notes('en'),

  problems: {
    'no-photo': ['That was not a photo', 'Drop or paste a photo file.'],
    empty: ['This file is empty', 'Choose another one, or save the photo again.'],
    'not-an-image': ['This file is not a photo', 'Choose a JPEG, PNG, WebP, AVIF, GIF or TIFF file.'],
    'unsupported-format': [
      'Photos in this format can’t be read',
      'Convert it to JPEG, or set the camera to “most compatible”.',
    ],
    corrupt: ['This photo is damaged', 'Part of the file is missing or broken. Save or send it again.'],
    'too-many-bytes': ['This file is too large', 'Send a smaller version of the photo.'],
    'too-many-pixels': ['This photo has too many pixels', 'Send a smaller version of the photo.'],
    'too-complex': ['This photo takes too long to read', 'Save it as JPEG, or smaller.'],
    unreadable: [
      'This photo can’t be fetched',
      'It is archived, or encrypted with a key that the service cannot use. Upload it again.',
    ],
    'missing-key': [
      'This needs an API key',
      'Enter the key that you were given. The operator of the service creates keys with “npm run keys”.',
    ],
    'wrong-key': [
      'This API key is not valid',
      'Enter it again, or ask the operator of the service for a new one.',
    ],
    'not-signed': [
      'This service accepts only signed requests',
      'It accepts AWS identities, not API keys, and a web page cannot sign requests. Use a client.',
    ],
    'not-allowed': [
      'This API key does not allow that',
      'Use another key, or ask the operator of the service.',
    ],
    'too-many-requests': ['Too many requests at once', 'Wait a little, then try again.'],
    'quota-used-up': ['This key’s requests for today are used up', 'Try again tomorrow, or use another key.'],
    unavailable: ['The service has a problem', 'Try again in a minute.'],
    offline: ['The service can’t be reached', 'Check the connection, then try again.'],
    'not-found': ['This photo is no longer kept', 'Erase it here, then correct the face again.'],
    'no-match': ['This face was not found again', 'The photo was not kept, and neither was the correction.'],
    'too-slow': ['The analysis takes too long', 'The photo was not kept. Try again in a minute.'],
    other: ['That did not work', 'Try again.'],
  },
};

export type Texts = typeof en;
export type ProblemCode = keyof Texts['problems'];

const loaded: Record<Language, Texts> = { en, zh: en };

/** A language that is not loaded is English: `chinese.ts` adds itself when it is imported. */
export const dictionary: Readonly<Record<Language, Texts>> = loaded;

export function addLanguage(language: Language, texts: Texts): void {
  loaded[language] = texts;
}

export const LANGUAGES = ['en', 'zh'] as const satisfies readonly Language[];

/** For `lang` attributes. */
export const TAGS = { en: 'en', zh: 'zh-Hans' } satisfies Record<Language, string>;

/** The keys of plain texts: those that `data-text` and `data-label` in `index.html` may name. */
export type TextKey = { [Key in keyof Texts]: Texts[Key] extends string ? Key : never }[keyof Texts];

/** The first language that a browser asks for ("zh-TW, en;q=0.8") and the page speaks; else English. */
export function languageOf(accepted = ''): Language {
  const wanted = accepted.split(',').map((tag) => tag.trim().slice(0, 2).toLowerCase());
  return wanted.map((tag) => LANGUAGES.find((language) => language === tag)).find(Boolean) ?? 'en';
}
