import { FACTS, nouns, plurals } from '../../../attributes/facts.ts';
import { WORDS } from '../../../attributes/list.ts';
import { enumerate, type Language } from '../../../attributes/words.ts';

export type { Language };

/** Every word of the page, in every language it speaks; but what is said of single attributes, they say themselves. */

const told = (language: Language) => FACTS.map(({ noun }) => noun[language]);
const demands = (language: Language, space = '') =>
  WORDS.map(({ correction: { verb, noun } }) => verb[language] + space + noun[language]);
const notes = (language: Language) => WORDS.flatMap(({ note }) => note?.[language] ?? []).join(' ');
const capitalise = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const en = {
  pageTitle: `facedrop · ${enumerate(nouns('en'))} of every face`,
  title: 'Drop a photo, get its faces',
  lead: `${capitalise(enumerate(told('en')))} for every face, and how certain each of them is.`,
  skip: 'Skip to the results',
  otherLanguage: '中文',
  reference: 'API reference',

  intake: 'Photos',
  drop: 'Drop photos here, or paste one',
  choose: 'Choose photos',
  takePhoto: 'Take a photo',
  formats: 'JPEG, PNG, WebP, AVIF, GIF or TIFF.',
  scaling: 'Large photos are scaled down on your device first.',
  limit: 'At most 4 MB.',
  analyse: 'Find faces',
  privacy:
    'Nothing is stored. Photos are analysed and forgotten, unless you correct a face and agree to keep it.',
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
  noFace: 'No face found',
  noFaceAdvice: 'Faces are easiest to find when they are well lit, uncovered and larger than a fingernail.',
  faces: (count: number) => (count === 1 ? '1 face' : `${count} faces`),
  facesOf: (count: number, found: number) => `the ${count} largest of ${found} faces`,
  notShown: 'Your browser can’t show this kind of photo.',
  retry: 'Try again',
  remove: 'Remove',
  removePhoto: (name: string) => `Remove ${name}`,
  announceDone: (name: string, summary: string) => `${name}: ${summary}.`,
  announceLooking: (name: string) => `Looking for faces in ${name}.`,

  face: (number: number) => `Face ${number}`,
  describeFace: (number: number, description: string) => `Face ${number}: ${description}. Correct it`,
  separator: ', ',
  detected: 'Detection',
  correct: 'Correct',
  correctFace: (number: number) => `Correct face ${number}`,

  correction: (number: number) => `Correct face ${number}`,
  correctionLead: 'Fill in only what you want to correct.',
  keptTitle: 'What is kept',
  kept: 'This photo, a cut-out of the face, and your correction. They are encrypted, and the operator of this service uses them to improve later estimates.',
  erasing:
    'You can erase all of it, here as soon as it is kept, or later by the photo’s number. Without your consent nothing is kept.',
  consent: 'I agree. The face is mine, or the person shown agrees.',
  save: 'Save',
  cancel: 'Cancel',
  close: 'Close',
  nothingCorrected: `${capitalise(enumerate(demands('en', ' '), ', ', ' or '))}.`,
  uploading: 'Uploading the photo…',
  analysing: 'Waiting for the photo’s analysis…',
  saving: 'Saving the correction…',
  saved: (number: number) => `The correction of face ${number} is saved.`,
  corrected: (values: string) => `Your correction: ${values}`,
  keptAs: 'Kept, with your corrections, as photo',
  erase: 'Erase',
  erasingNow: 'Erasing…',
  erased: 'Erased: photo, cut-outs, results and corrections.',

  camera: 'Camera',
  capture: 'Take photo',
  switchCamera: 'Other camera',
  cameraPhoto: 'Camera',
  noCamera: 'The camera can’t be used here.',
  noCameraAdvice: 'Allow the camera for this page in the browser’s settings, or use the camera app.',
  cameraApp: 'Camera app',

  about: `${capitalise(enumerate(plurals('en')))} are estimated from looks alone. They are often off by years, especially for children and old people, and say nothing about who a person is.`,
  notes: notes('en'),

  problems: {
    'no-photo': ['That was not a photo', 'Drop or paste a photo file.'],
    empty: ['This file is empty', 'Choose another one, or save the photo again.'],
    'not-an-image': ['This file is not a photo', 'Choose a JPEG, PNG, WebP, AVIF, GIF or TIFF file.'],
    'unsupported-format': [
      'Photos of this format can’t be read',
      'Convert it to JPEG, or set the camera to “most compatible”.',
    ],
    corrupt: ['This photo is damaged', 'Part of the file is missing or broken. Save or send it again.'],
    'too-many-bytes': ['This file is too large', 'Send a smaller version of the photo.'],
    'too-many-pixels': ['This photo has too many pixels', 'Send a smaller version of the photo.'],
    'too-complex': ['This photo takes too long to read', 'Save it as JPEG, or smaller.'],
    unreadable: [
      'This photo is locked away',
      'It is archived, or encrypted with a key that may not be used. Upload it again.',
    ],
    'missing-key': [
      'This needs an API key',
      'Enter the key that you were given. The operator of the service makes keys with “npm run keys”.',
    ],
    'wrong-key': [
      'This API key is not valid',
      'Enter it again, or ask the operator of the service for a new one.',
    ],
    'not-signed': [
      'This service accepts only signed requests',
      'It accepts AWS identities, not API keys, and a web page cannot sign requests. Use a client.',
    ],
    'not-allowed': ['This API key may not do that', 'Use another key, or ask the operator of the service.'],
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

const zh: Texts = {
  pageTitle: `facedrop · 识别每张人脸的${enumerate(nouns('zh'), '、', '与')}`,
  title: '放入照片，识别人脸',
  lead: `识别每张人脸的${enumerate(told('zh'), '、', '与')}，并给出各自的置信度。`,
  skip: '跳到结果',
  otherLanguage: 'English',
  reference: 'API 文档',

  intake: '照片',
  drop: '将照片拖放到此处，或直接粘贴',
  choose: '选择照片',
  takePhoto: '拍照',
  formats: '支持 JPEG、PNG、WebP、AVIF、GIF 或 TIFF。',
  scaling: '较大的照片会先在您的设备上缩小。',
  limit: '最大 4 MB。',
  analyse: '识别人脸',
  privacy: '不保存任何内容。照片分析后即被丢弃，除非您更正某张人脸并同意保留。',
  key: 'API 密钥',
  keyHint: '仅保存在此标签页中。',
  keyInUse: '此标签页正在使用 API 密钥。',
  useKey: '使用密钥',
  changeKey: '更换',

  results: '结果',
  photo: '照片',
  photoOf: (name) => `照片 ${name}`,
  looking: '正在检测人脸……',
  waiting: '正在排队……',
  noFace: '未检测到人脸',
  noFaceAdvice: '光线充足、没有遮挡、人脸足够大时，识别效果最好。',
  faces: (count) => `${count} 张人脸`,
  facesOf: (count, found) => `${found} 张人脸中最大的 ${count} 张`,
  notShown: '您的浏览器无法显示这种格式的照片。',
  retry: '重试',
  remove: '移除',
  removePhoto: (name) => `移除 ${name}`,
  announceDone: (name, summary) => `${name}：${summary}。`,
  announceLooking: (name) => `正在检测 ${name} 中的人脸。`,

  face: (number) => `人脸 ${number}`,
  describeFace: (number, description) => `人脸 ${number}：${description}。点击更正`,
  separator: '，',
  detected: '检测',
  correct: '更正',
  correctFace: (number) => `更正人脸 ${number}`,

  correction: (number) => `更正人脸 ${number}`,
  correctionLead: '只需填写要更正的项目。',
  keptTitle: '会保留什么',
  kept: '这张照片、该人脸的截图以及您的更正，加密保存在本服务运营者的账户中，用于改进今后的估计。',
  erasing: '您可以全部删除：保留后即可在此处删除，也可日后凭照片编号删除。未经您同意，不会保留任何内容。',
  consent: '我同意。照片中的人是我本人，或我已征得其同意。',
  save: '保存',
  cancel: '取消',
  close: '关闭',
  nothingCorrected: `请${enumerate(demands('zh'), '、', '或')}。`,
  uploading: '正在上传照片……',
  analysing: '正在等待照片分析……',
  saving: '正在保存更正……',
  saved: (number) => `人脸 ${number} 的更正已保存。`,
  corrected: (values) => `您的更正：${values}`,
  keptAs: '已连同您的更正一起保留，照片编号',
  erase: '删除',
  erasingNow: '正在删除……',
  erased: '已删除照片、截图、结果和更正。',

  camera: '相机',
  capture: '拍摄',
  switchCamera: '切换相机',
  cameraPhoto: '相机',
  noCamera: '此处无法使用相机。',
  noCameraAdvice: '请在浏览器设置中允许本页面使用相机，或改用相机应用。',
  cameraApp: '相机应用',

  about: `${enumerate(plurals('zh'), '、', '和')}仅凭外貌估计，常有数年偏差，对儿童和老人偏差更大，并不代表一个人是谁。`,
  notes: notes('zh'),

  problems: {
    'no-photo': ['这不是照片', '请拖放或粘贴照片文件。'],
    empty: ['文件是空的', '请选择其他文件，或重新保存照片。'],
    'not-an-image': ['这个文件不是照片', '请选择 JPEG、PNG、WebP、AVIF、GIF 或 TIFF 文件。'],
    'unsupported-format': ['无法读取这种格式的照片', '请转换为 JPEG，或将相机格式设为“兼容性最佳”。'],
    corrupt: ['照片已损坏', '文件不完整或已损坏，请重新保存或发送。'],
    'too-many-bytes': ['文件太大', '请发送尺寸较小的照片。'],
    'too-many-pixels': ['照片像素过多', '请发送尺寸较小的照片。'],
    'too-complex': ['读取这张照片耗时过长', '请将其另存为 JPEG 或较小的尺寸。'],
    unreadable: ['无法取得这张照片', '照片已归档，或加密密钥不可用。请重新上传。'],
    'missing-key': ['需要 API 密钥', '请输入您收到的密钥。服务运营者可用“npm run keys”创建密钥。'],
    'wrong-key': ['API 密钥无效', '请重新输入，或向服务运营者索取新密钥。'],
    'not-signed': [
      '此服务只接受签名请求',
      '它只接受 AWS 身份，不接受 API 密钥，网页无法签名，请使用客户端。',
    ],
    'not-allowed': ['此 API 密钥没有权限', '请换一个密钥，或联系服务运营者。'],
    'too-many-requests': ['请求过于频繁', '请稍候再试。'],
    'quota-used-up': ['此密钥今日的请求次数已用完', '请明天再试，或换一个密钥。'],
    unavailable: ['服务出现问题', '请一分钟后再试。'],
    offline: ['无法连接到服务', '请检查网络连接后重试。'],
    'not-found': ['这张照片已不再保留', '请在此处删除，然后重新更正。'],
    'no-match': ['未能再次找到这张人脸', '照片和更正均未保留。'],
    'too-slow': ['分析时间过长', '照片未保留，请一分钟后再试。'],
    other: ['操作未成功', '请重试。'],
  },
};

export const dictionary: Readonly<Record<Language, Texts>> = { en, zh };
export const LANGUAGES = ['en', 'zh'] as const satisfies readonly Language[];

/** For `lang` attributes. */
export const TAGS = { en: 'en', zh: 'zh-Hans' } satisfies Record<Language, string>;

/** The keys of plain texts: those that `data-text` and `data-label` in `index.html` may name. */
export type TextKey = { [Key in keyof Texts]: Texts[Key] extends string ? Key : never }[keyof Texts];

/** Of the languages that a browser asks for, best first ("zh-TW, en;q=0.8"), the first that the page speaks, else English. */
export function languageOf(accepted = ''): Language {
  const wanted = accepted.split(',').map((tag) => tag.trim().slice(0, 2).toLowerCase());
  return wanted.map((tag) => LANGUAGES.find((language) => language === tag)).find(Boolean) ?? 'en';
}
