export interface paths {
  '/health': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Reports that the service works, and which networks it uses */
    get: operations['getHealth'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/predict': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Finds the faces of a photo and estimates their ages and genders, at once
     * @description Nothing is stored. Send photos of more than 4.5 MB through `POST /photos`.
     */
    post: operations['predict'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/photos': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists the caller's photos, newest first
     * @description Photos that are uploaded while a client reads page after page do not shift later pages.
     */
    get: operations['listPhotos'];
    put?: never;
    /**
     * Prepares the upload of a photo of any size
     * @description The photo is analysed as soon as it is uploaded. It and its result are kept for as long as the settings of the deployment say (`photoDays`, `itemDays`), or until they are erased. A form is for one photo: a second one that is uploaded with it is not analysed.
     */
    post: operations['createPhoto'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/photos/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns the result of a photo, or when to ask again */
    get: operations['getPhoto'];
    put?: never;
    post?: never;
    /**
     * Erases a photo, its result, its chips and its labels
     * @description Anything that is uploaded with its form afterwards is deleted.
     */
    delete: operations['erasePhoto'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/photos/{id}/image': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Returns the photo as it is, with boxes around its faces, or with its faces blurred
     * @description Always a JPEG, upright, of at most 2,048 pixels a side, without metadata.
     */
    get: operations['getImage'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/photos/{id}/faces/{face}/label': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Corrects the age or the gender of a face
     * @description The correction is shown with the face. With consent, the face and the correction are also kept to train on, until the photo or the label is erased. Without consent, nothing is kept, and what was kept before is erased.
     */
    put: operations['labelFace'];
    post?: never;
    /** Withdraws a correction and erases what was kept of it */
    delete: operations['eraseLabel'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/trainings': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists trainings, newest first */
    get: operations['listTrainings'];
    put?: never;
    /**
     * Trains a network on a data set, and puts it into service if it is better
     * @description It is better if it beats the model in service by more than chance, on faces that neither learned from, and is not worse for any group by more than a margin. At most one training per task runs at a time, and ten in all.
     */
    post: operations['startTraining'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/trainings/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Shows the progress of a training, or its result */
    get: operations['getTraining'];
    put?: never;
    post?: never;
    /** Cancels a training as soon as possible; one that has ended stays as it is */
    delete: operations['cancelTraining'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    PhotoInJson: components['schemas']['PhotoAsBase64'] | components['schemas']['PhotoInBucket'];
    PhotoAsBase64: {
      /** @description The photo in base64, with or without a "data:" prefix */
      image: string;
    };
    PhotoInBucket: {
      /** @description Key of a photo in the stack's bucket */
      key: string;
    };
    Health: {
      /** @enum {string} */
      status: 'ok';
      version: string;
      engine: string;
      models: components['schemas']['Model'][];
    };
    Model: {
      name: string;
      version: string;
    };
    Problem: {
      /** @description Identifies the kind of problem; stable */
      type: string;
      title: string;
      status: number;
      /** @description What was expected, what was received, and what to do next */
      detail: string;
      errors?: components['schemas']['Fault'][];
    };
    Fault: {
      /** @description Where the fault is: a parameter, a header, or a path in the body */
      field: string;
      expected: string;
      received: string;
    };
    Prediction: components['schemas']['FacesFound'] | components['schemas']['NoFaceFound'];
    /** @description What the largest face shows, and all faces */
    FacesFound: {
      /** @enum {boolean} */
      ismankind: true;
      age?: components['schemas']['AgeGroup'];
      gender?: components['schemas']['Sex'];
      /** @enum {string} */
      expression?:
        | 'neutral'
        | 'happiness'
        | 'surprise'
        | 'sadness'
        | 'anger'
        | 'disgust'
        | 'fear'
        | 'contempt';
      eyes?: components['schemas']['EyesClass'];
      mouth?: components['schemas']['MouthClass'];
      looks?: number;
      /** @description Face score, 20 to 100 */
      score?: number;
      /** @description Largest first */
      faces: components['schemas']['Face'][];
      /** @description How many faces were found; more than are in `faces` if only the largest ones were asked for */
      facesFound: number;
      /** @description Of the upright photo, in pixels */
      width: number;
      height: number;
    };
    /**
     * @description In years
     * @enum {string}
     */
    AgeGroup:
      | '(0, 2)'
      | '(4, 6)'
      | '(8, 12)'
      | '(15, 20)'
      | '(25, 32)'
      | '(38, 43)'
      | '(48, 53)'
      | '(60, 100)';
    /**
     * @description Male or female
     * @enum {string}
     */
    Sex: 'M' | 'F';
    /**
     * @description Whether the eyes are open
     * @enum {string}
     */
    EyesClass: 'open' | 'closed';
    /**
     * @description Whether the lips are apart, as in a smile that shows teeth
     * @enum {string}
     */
    MouthClass: 'closed' | 'open';
    Face: {
      box: components['schemas']['Box'];
      confidence: number;
      /** @description Left eye, right eye, nose tip, left and right corner of the mouth, as seen with the face upright */
      landmarks?: components['schemas']['Point'][];
      quality?: components['schemas']['Quality'];
      age?: components['schemas']['Age'];
      gender?: components['schemas']['Gender'];
      expression?: components['schemas']['Expression'];
      eyes?: components['schemas']['Eyes'];
      mouth?: components['schemas']['Mouth'];
      looks?: components['schemas']['Looks'];
      score?: number;
      /** @description Attributes that the operator trained, by name */
      attributes?: {
        [key: string]: components['schemas']['OwnClass'] | components['schemas']['OwnNumber'];
      };
      label?: components['schemas']['Label'];
    };
    Box: {
      x: number;
      y: number;
      width: number;
      height: number;
    };
    Point: {
      x: number;
      y: number;
    };
    Quality: {
      /** @description Overall, without the pose; 0 to 100 */
      score: number;
      sharpness: number;
      /** @description 0 is black, 100 is white */
      brightness: number;
      contrast: number;
      pose: components['schemas']['Pose'];
      /** @description The face's width from jaw to jaw, in pixels of the photo */
      size: number;
    };
    /** @description In degrees */
    Pose: {
      /** @description Positive when the head is turned towards the right of the photo */
      yaw: number;
      /** @description Positive when the head looks up */
      pitch: number;
      /** @description Positive when the head is tilted clockwise */
      roll: number;
    };
    Age: {
      years: number;
      low: number;
      high: number;
      group: components['schemas']['AgeGroup'];
      groups?: {
        '(0, 2)'?: number;
        '(4, 6)'?: number;
        '(8, 12)'?: number;
        '(15, 20)'?: number;
        '(25, 32)'?: number;
        '(38, 43)'?: number;
        '(48, 53)'?: number;
        '(60, 100)'?: number;
      };
      model: components['schemas']['Model'];
    };
    Gender: {
      gender: components['schemas']['Sex'];
      confidence: number;
      model: components['schemas']['Model'];
    };
    /** @description Only if the deployment turns it on */
    Expression: {
      expression: components['schemas']['ExpressionClass'];
      confidence: number;
      probabilities?: {
        neutral?: number;
        happiness?: number;
        surprise?: number;
        sadness?: number;
        anger?: number;
        disgust?: number;
        fear?: number;
        contempt?: number;
      };
      smile: number;
      model: components['schemas']['Model'];
    };
    /**
     * @description What the face shows; not what the person feels
     * @enum {string}
     */
    ExpressionClass:
      | 'neutral'
      | 'happiness'
      | 'surprise'
      | 'sadness'
      | 'anger'
      | 'disgust'
      | 'fear'
      | 'contempt';
    Eyes: {
      eyes: components['schemas']['EyesClass'];
      confidence: number;
      model: components['schemas']['Model'];
    };
    Mouth: {
      mouth: components['schemas']['MouthClass'];
      confidence: number;
      model: components['schemas']['Model'];
    };
    /** @description Only if the deployment turns it on */
    Looks: {
      score: number;
      parts: components['schemas']['PartsOfLooks'];
      symmetry?: number;
      /** @description The person in the gallery whom it resembles most */
      resembles?: string;
      model?: components['schemas']['Model'];
    };
    /** @description Each from 0 to 100 */
    PartsOfLooks: {
      /** @description How 60 students would rate such a face, as a network learned from their ratings. It rates Black faces lower */
      learned?: number;
      /** @description Probability that the face smiles */
      smile?: number;
      /** @description The score of the face's quality */
      quality?: number;
      /** @description How close its five landmarks are to those of an average face */
      shape?: number;
      /** @description The probability that the face belongs to the person in the gallery whom it resembles most, assuming that half of all faces do */
      likeness?: number;
    };
    /** @description One of several classes, which are the names of the probabilities */
    OwnClass: {
      value: string;
      probabilities: {
        [key: string]: number;
      };
      model: components['schemas']['Model'];
    };
    /** @description A number and its 80 % interval */
    OwnNumber: {
      value: number;
      low: number;
      high: number;
      range: number[];
      model: components['schemas']['Model'];
    };
    Label: {
      age?: number;
      gender?: components['schemas']['Sex'];
      /** @enum {string} */
      expression?:
        | 'neutral'
        | 'happiness'
        | 'surprise'
        | 'sadness'
        | 'anger'
        | 'disgust'
        | 'fear'
        | 'contempt';
      eyes?: components['schemas']['EyesClass'];
      mouth?: components['schemas']['MouthClass'];
      looks?: number;
      attributes?: {
        [key: string]: number | string;
      };
      consent: boolean;
      /** Format: date-time */
      labelledAt: string;
    };
    NoFaceFound: {
      /**
       * @description No face was found
       * @enum {boolean}
       */
      ismankind: false;
    };
    Upload: {
      /** @description Id of a photo; it cannot be guessed */
      id: string;
      upload: components['schemas']['UploadForm'];
      /**
       * Format: date-time
       * @description Until when the photo may be uploaded
       */
      expires: string;
    };
    /** @description POST `fields` to `url` as multipart/form-data, followed by the photo as the field `file` */
    UploadForm: {
      /** Format: uri */
      url: string;
      fields: components['schemas']['UploadFields'];
    };
    UploadFields: {
      [key: string]: string;
    };
    UploadRequest: {
      contentType: components['schemas']['MediaType'];
      /** @description The photo's exact size; without it, any size up to the limit */
      bytes?: number;
      /** @description What to estimate of each face, such as `age,quality`; by default all that are turned on. The rest is not computed */
      attributes?: string[];
    };
    /**
     * @description What the photo is
     * @enum {string}
     */
    MediaType:
      | 'image/jpeg'
      | 'image/png'
      | 'image/apng'
      | 'image/webp'
      | 'image/avif'
      | 'image/gif'
      | 'image/tiff';
    Photo: {
      /** @enum {string} */
      status: 'done' | 'failed';
      /** Format: date-time */
      uploadedAt: string;
      /** Format: date-time */
      completedAt?: string;
      bytes?: number;
      format?: string;
      width?: number;
      height?: number;
      detector?: components['schemas']['Model'];
      facesFound?: number;
      /** @description The `attributes` that were asked for; absent if none were named */
      wanted?: string[];
      failure?: components['schemas']['Failure'];
      /** @description Id of a photo; it cannot be guessed */
      id: string;
      /** @description Largest first; only of a photo that is done */
      faces?: components['schemas']['Face'][];
      /**
       * Format: date-time
       * @description When the result is deleted
       */
      expires: string;
    };
    Failure: {
      code: components['schemas']['FailureCode'];
      message: string;
    };
    /** @enum {string} */
    FailureCode:
      | 'empty'
      | 'not-an-image'
      | 'unsupported-format'
      | 'corrupt'
      | 'too-many-bytes'
      | 'too-many-pixels'
      | 'too-complex'
      | 'unreadable'
      | 'unknown-attribute'
      | 'gave-up';
    PendingPhoto: {
      /** @description Id of a photo; it cannot be guessed */
      id: string;
      /** @enum {string} */
      status: 'awaiting-upload' | 'pending';
    };
    PhotoList: {
      photos: components['schemas']['PhotoSummary'][];
      /** @description Cursor for the next page; absent on the last one */
      cursor?: string;
    };
    PhotoSummary: {
      status: components['schemas']['Status'];
      /** Format: date-time */
      uploadedAt: string;
      /** Format: date-time */
      completedAt?: string;
      facesFound?: number;
      failure?: components['schemas']['Failure'];
      /** @description Id of a photo; it cannot be guessed */
      id: string;
    };
    /** @enum {string} */
    Status: 'awaiting-upload' | 'pending' | 'done' | 'failed';
    Correction: {
      /** @description True age, in years */
      age?: number;
      gender?: components['schemas']['Sex'];
      /** @enum {string} */
      expression?:
        | 'neutral'
        | 'happiness'
        | 'surprise'
        | 'sadness'
        | 'anger'
        | 'disgust'
        | 'fear'
        | 'contempt';
      eyes?: components['schemas']['EyesClass'];
      mouth?: components['schemas']['MouthClass'];
      /** @description Your own rating, from 1 to 5 */
      looks?: number;
      /** @description For attributes that the operator trained and the face has, by name: one of the classes, or a number */
      attributes?: {
        [key: string]: number | string;
      };
      /** @description Whether the photo's owner agrees that the face is kept, to train on, until the photo or the label is erased */
      consent: boolean;
    };
    Training: {
      task: ('age' | 'gender' | 'expression' | 'eyes' | 'mouth' | 'looks') | string;
      /** Format: date-time */
      createdAt: string;
      /** Format: date-time */
      updatedAt: string;
      /** Format: date-time */
      endedAt?: string;
      /** Format: date-time */
      cancelRequestedAt?: string;
      warnings?: string[];
      id: string;
      /** @description Names of the data sets */
      data: string[];
      /** @enum {string} */
      network:
        | 'levi-hassner'
        | 'levi-hassner-bn'
        | 'inception-v3'
        | 'transfer'
        | 'recognition'
        | 'finetune'
        | 'lbp-hog-svr'
        | 'lbp-sparse';
      status: components['schemas']['TrainingStatus'];
      budget: components['schemas']['TrainingBudget'];
      faces?: components['schemas']['FaceCounts'];
      progress?: components['schemas']['TrainingProgress'];
      /** @description Losses so far, at up to a hundred steps */
      curve?: components['schemas']['CurvePoint'][];
      /** @description How many seconds it has trained so far */
      seconds?: number;
      /** @description What these seconds cost in US dollars, at list price */
      dollars?: number;
      result?: components['schemas']['TrainingResult'];
      /**
       * Format: uri
       * @description Where the report can be read for the next hour; only when a single training is requested
       */
      report?: string;
      failure?: components['schemas']['TrainingFailure'];
    };
    /**
     * @description `preparing`, `training` and `judging`: the training is running; the others: how it ended. `skipped`: the schedule started it while another training of its task was running
     * @enum {string}
     */
    TrainingStatus:
      | 'preparing'
      | 'training'
      | 'judging'
      | 'done'
      | 'cancelled'
      | 'over-budget'
      | 'failed'
      | 'skipped';
    TrainingBudget: {
      minutes: number;
      dollars: number;
    };
    /** @description How many faces there are for training, validation and test */
    FaceCounts: {
      [key: string]: number;
    };
    TrainingProgress: {
      /** @enum {string} */
      phase: 'features' | 'training' | 'export';
      fold?: number;
      step: number;
      steps: number;
      loss?: number;
      smoothed?: number;
      examplesPerSecond: number;
      /** Format: date-time */
      estimatedEnd: string;
    };
    CurvePoint: {
      step: number;
      loss?: number;
      validation?: number;
    };
    TrainingResult: {
      version: string;
      promoted: boolean;
      why: string;
    };
    TrainingFailure: {
      code: string;
      message: string;
    };
    TrainingStart: {
      task: ('age' | 'gender' | 'expression' | 'eyes' | 'mouth' | 'looks') | string;
      attribute?: {
        /** @enum {string} */
        kind?: 'classes' | 'number';
        classes?: string[];
        range?: number[];
      };
      /**
       * @default transfer
       * @enum {string}
       */
      network?:
        | 'levi-hassner'
        | 'levi-hassner-bn'
        | 'inception-v3'
        | 'transfer'
        | 'recognition'
        | 'finetune'
        | 'lbp-hog-svr'
        | 'lbp-sparse';
      /**
       * @default years
       * @enum {string}
       */
      output?: 'years' | 'groups';
      /** @description Default: the network's usual one */
      optimizer?:
        | {
            /** @enum {string} */
            name: 'adadelta';
            /** @default 1 */
            learningRate?: number;
            /** @default 0.95 */
            rho?: number;
            /** @default 0.000001 */
            epsilon?: number;
          }
        | {
            /** @enum {string} */
            name: 'momentum';
            /** @default 0.001 */
            learningRate?: number;
            /** @default 0.9 */
            momentum?: number;
            /** @default 0.1 */
            decay?: number;
            /** @default 10000 */
            decaySteps?: number;
          }
        | {
            /** @enum {string} */
            name: 'adam';
            /** @default 0.001 */
            learningRate?: number;
            /** @default 0.9 */
            beta1?: number;
            /** @default 0.999 */
            beta2?: number;
            /** @default 1e-7 */
            epsilon?: number;
            /** @default 0.05 */
            warmUp?: number;
          };
      batch?: number;
      epochs?: number;
      /** @default 0 */
      minimumQuality?: number;
      steps?: number;
      /** @default 1 */
      seed?: number;
      pretrainedPace?: number;
      l2?: number;
      /** @default 2 */
      labelDeviation?: number;
      /** @default 4 */
      clipNorm?: number;
      /** @default {} */
      augmentation?: {
        /** @default 0.06 */
        shift?: number;
        /** @default 0.1 */
        scale?: number;
        /** @default 8 */
        turn?: number;
        /** @default true */
        flip?: boolean;
        /** @default 0.15 */
        colour?: number;
        /** @default 0.25 */
        erasing?: number;
      };
      /** @default 4 */
      views?: number;
      quantized?: boolean;
      /**
       * @default label
       * @enum {string}
       */
      fusion?: 'label' | 'each-other';
      /** @default 1 */
      stages?: 1 | 2;
      /** @default 0 */
      balanced?: number;
      validateEvery?: number;
      patience?: number;
      /** @default 1000 */
      checkpointEvery?: number;
      folds?: number;
      /** @default 2 */
      crops?: 1 | 2 | 10;
      /** @description Names of the data sets to learn from, together if there are several; `corrections`: the corrections made through this API */
      data: string | string[];
      /** @description Ends the training after this many minutes, or this many US dollars at list price. The default, and the maximum, is what the stack allows */
      budget?: {
        minutes?: number;
        dollars?: number;
      };
    };
    TrainingList: {
      trainings: components['schemas']['Training'][];
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type PhotoInJson = components['schemas']['PhotoInJson'];
export type PhotoAsBase64 = components['schemas']['PhotoAsBase64'];
export type PhotoInBucket = components['schemas']['PhotoInBucket'];
export type Health = components['schemas']['Health'];
export type Model = components['schemas']['Model'];
export type Problem = components['schemas']['Problem'];
export type Fault = components['schemas']['Fault'];
export type Prediction = components['schemas']['Prediction'];
export type FacesFound = components['schemas']['FacesFound'];
export type AgeGroup = components['schemas']['AgeGroup'];
export type Sex = components['schemas']['Sex'];
export type EyesClass = components['schemas']['EyesClass'];
export type MouthClass = components['schemas']['MouthClass'];
export type Face = components['schemas']['Face'];
export type Box = components['schemas']['Box'];
export type Point = components['schemas']['Point'];
export type Quality = components['schemas']['Quality'];
export type Pose = components['schemas']['Pose'];
export type Age = components['schemas']['Age'];
export type Gender = components['schemas']['Gender'];
export type Expression = components['schemas']['Expression'];
export type ExpressionClass = components['schemas']['ExpressionClass'];
export type Eyes = components['schemas']['Eyes'];
export type Mouth = components['schemas']['Mouth'];
export type Looks = components['schemas']['Looks'];
export type PartsOfLooks = components['schemas']['PartsOfLooks'];
export type OwnClass = components['schemas']['OwnClass'];
export type OwnNumber = components['schemas']['OwnNumber'];
export type Label = components['schemas']['Label'];
export type NoFaceFound = components['schemas']['NoFaceFound'];
export type Upload = components['schemas']['Upload'];
export type UploadForm = components['schemas']['UploadForm'];
export type UploadFields = components['schemas']['UploadFields'];
export type UploadRequest = components['schemas']['UploadRequest'];
export type MediaType = components['schemas']['MediaType'];
export type Photo = components['schemas']['Photo'];
export type Failure = components['schemas']['Failure'];
export type FailureCode = components['schemas']['FailureCode'];
export type PendingPhoto = components['schemas']['PendingPhoto'];
export type PhotoList = components['schemas']['PhotoList'];
export type PhotoSummary = components['schemas']['PhotoSummary'];
export type Status = components['schemas']['Status'];
export type Correction = components['schemas']['Correction'];
export type Training = components['schemas']['Training'];
export type TrainingStatus = components['schemas']['TrainingStatus'];
export type TrainingBudget = components['schemas']['TrainingBudget'];
export type FaceCounts = components['schemas']['FaceCounts'];
export type TrainingProgress = components['schemas']['TrainingProgress'];
export type CurvePoint = components['schemas']['CurvePoint'];
export type TrainingResult = components['schemas']['TrainingResult'];
export type TrainingFailure = components['schemas']['TrainingFailure'];
export type TrainingStart = components['schemas']['TrainingStart'];
export type TrainingList = components['schemas']['TrainingList'];
export type $defs = Record<string, never>;
export interface operations {
  getHealth: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The service works */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Health'];
        };
      };
      /** @description Something went wrong in the service (`internal-error`) */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  predict: {
    parameters: {
      query?: {
        /** @description What to estimate of each face, such as `age,quality`; by default all that are turned on. The rest is not computed. A form may also send it as a field */
        attributes?: string;
        /** @description Keep only the largest ones */
        maximumFaces?: number;
        /** @description Leave out faces with a lower `quality.score`, as if they had not been found */
        minimumQuality?: number;
        /** @description Whether faces have the probabilities of all age groups and all expressions */
        probabilities?: boolean;
        /** @description Whether faces have their five landmarks */
        landmarks?: boolean;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'multipart/form-data': {
          /**
           * Format: binary
           * @description JPEG, PNG, WebP, AVIF, GIF or TIFF
           */
          file: Blob;
          attributes?: string;
        };
        'image/*': Blob;
        'application/octet-stream': Blob;
        'application/json': components['schemas']['PhotoInJson'];
      };
    };
    responses: {
      /** @description What the photo shows */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Prediction'];
        };
      };
      /** @description The request is not valid (`invalid-request`) */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The request has no API key (`missing-key`), or: The API key is not valid (`wrong-key`), or: The request is not signed by an AWS identity (`not-signed`) */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The caller is not allowed to do this (`not-allowed`) */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not found (`not-found`) */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The photo has too many bytes (`too-many-bytes`), or: The photo has too many pixels (`too-many-pixels`) */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The type of the body is not supported (`unsupported-media-type`), or: The file is not an image (`not-an-image`), or: The format of the photo is not supported (`unsupported-format`) */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The photo is empty (`empty`), or: The photo is damaged (`corrupt`), or: The photo takes too long to decode (`too-complex`), or: The photo cannot be read from S3 (`unreadable`), or: This attribute is not turned on (`unknown-attribute`) */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are too many requests (`too-many-requests`), or: Today's requests are used up (`quota-used-up`) */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something went wrong in the service (`internal-error`) */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listPhotos: {
    parameters: {
      query?: {
        status?: components['schemas']['Status'];
        /** @description Only photos uploaded at or after this time */
        from?: string;
        /** @description Only photos with a face that has at least this `quality.score` */
        minimumQuality?: number;
        /** @description The cursor of the previous page */
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PhotoList'];
        };
      };
      /** @description The request is not valid (`invalid-request`) */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The request has no API key (`missing-key`), or: The API key is not valid (`wrong-key`), or: The request is not signed by an AWS identity (`not-signed`) */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are too many requests (`too-many-requests`), or: Today's requests are used up (`quota-used-up`) */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something went wrong in the service (`internal-error`) */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  createPhoto: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['UploadRequest'];
      };
    };
    responses: {
      /** @description The photo may be uploaded */
      201: {
        headers: {
          /** @description Where to get the result */
          Location?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Upload'];
        };
      };
      /** @description The request is not valid (`invalid-request`) */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The request has no API key (`missing-key`), or: The API key is not valid (`wrong-key`), or: The request is not signed by an AWS identity (`not-signed`) */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The photo has too many bytes (`too-many-bytes`) */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The type of the body is not supported (`unsupported-media-type`) */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description This attribute is not turned on (`unknown-attribute`) */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are too many requests (`too-many-requests`), or: Today's requests are used up (`quota-used-up`) */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something went wrong in the service (`internal-error`) */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getPhoto: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Id of a photo; it cannot be guessed */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The analysis is over: done or failed */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Photo'];
        };
      };
      /** @description The photo has not been uploaded or analysed yet */
      202: {
        headers: {
          /** @description Seconds to wait before asking again */
          'Retry-After'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PendingPhoto'];
        };
      };
      /** @description The request has no API key (`missing-key`), or: The API key is not valid (`wrong-key`), or: The request is not signed by an AWS identity (`not-signed`) */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not found (`not-found`) */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are too many requests (`too-many-requests`), or: Today's requests are used up (`quota-used-up`) */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something went wrong in the service (`internal-error`) */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  erasePhoto: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Id of a photo; it cannot be guessed */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Nothing is left of it; repeating this is not an error */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The request has no API key (`missing-key`), or: The API key is not valid (`wrong-key`), or: The request is not signed by an AWS identity (`not-signed`) */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not found (`not-found`) */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are too many requests (`too-many-requests`), or: Today's requests are used up (`quota-used-up`) */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something went wrong in the service (`internal-error`) */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getImage: {
    parameters: {
      query?: {
        variant?: 'original' | 'annotated' | 'blurred';
        /** @description Same as `variant=annotated` */
        annotated?: boolean;
        /** @description Same as `variant=blurred`, which takes precedence */
        blurred?: boolean;
      };
      header?: never;
      path: {
        /** @description Id of a photo; it cannot be guessed */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The photo */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'image/jpeg': Blob;
        };
      };
      /** @description The request is not valid (`invalid-request`) */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The request has no API key (`missing-key`), or: The API key is not valid (`wrong-key`), or: The request is not signed by an AWS identity (`not-signed`) */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not found (`not-found`) */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The photo is not ready for this (`not-ready`), or: The photo has too many faces for this (`too-many-faces`) */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The photo has too many bytes (`too-many-bytes`) */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The photo cannot be read from S3 (`unreadable`) */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are too many requests (`too-many-requests`), or: Today's requests are used up (`quota-used-up`) */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something went wrong in the service (`internal-error`) */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  labelFace: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Id of a photo; it cannot be guessed */
        id: string;
        /** @description Position in the photo's `faces`, from 0 */
        face: number;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Correction'];
      };
    };
    responses: {
      /** @description The correction is saved */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Label'];
        };
      };
      /** @description The request is not valid (`invalid-request`) */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The request has no API key (`missing-key`), or: The API key is not valid (`wrong-key`), or: The request is not signed by an AWS identity (`not-signed`) */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not found (`not-found`) */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The photo is not ready for this (`not-ready`) */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The photo has too many bytes (`too-many-bytes`) */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The type of the body is not supported (`unsupported-media-type`) */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The photo cannot be read from S3 (`unreadable`) */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are too many requests (`too-many-requests`), or: Today's requests are used up (`quota-used-up`) */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something went wrong in the service (`internal-error`) */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  eraseLabel: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Id of a photo; it cannot be guessed */
        id: string;
        /** @description Position in the photo's `faces`, from 0 */
        face: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The face no longer has a label; repeating this is not an error */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The request has no API key (`missing-key`), or: The API key is not valid (`wrong-key`), or: The request is not signed by an AWS identity (`not-signed`) */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not found (`not-found`) */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The photo is not ready for this (`not-ready`) */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are too many requests (`too-many-requests`), or: Today's requests are used up (`quota-used-up`) */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something went wrong in the service (`internal-error`) */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listTrainings: {
    parameters: {
      query?: {
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The newest trainings */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TrainingList'];
        };
      };
      /** @description The request is not valid (`invalid-request`) */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The request has no API key (`missing-key`), or: The API key is not valid (`wrong-key`), or: The request is not signed by an AWS identity (`not-signed`) */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The caller is not allowed to do this (`not-allowed`) */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are too many requests (`too-many-requests`), or: Today's requests are used up (`quota-used-up`) */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something went wrong in the service (`internal-error`) */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description This stack has no trainer (`no-trainer`) */
      501: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  startTraining: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TrainingStart'];
      };
    };
    responses: {
      /** @description The training has begun */
      201: {
        headers: {
          /** @description Where to get its progress */
          Location?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Training'];
        };
      };
      /** @description The request is not valid (`invalid-request`) */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The request has no API key (`missing-key`), or: The API key is not valid (`wrong-key`), or: The request is not signed by an AWS identity (`not-signed`) */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The caller is not allowed to do this (`not-allowed`) */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description A training of this task is already running, or too many trainings are running (`training-runs`) */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The type of the body is not supported (`unsupported-media-type`) */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There is no such data set (`no-such-data`), or: This network can't learn this attribute (`wrong-network`), or: The training would exceed its budget (`over-budget`) */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are too many requests (`too-many-requests`), or: Today's requests are used up (`quota-used-up`) */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something went wrong in the service (`internal-error`) */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description This stack has no trainer (`no-trainer`) */
      501: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getTraining: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The training */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Training'];
        };
      };
      /** @description The request has no API key (`missing-key`), or: The API key is not valid (`wrong-key`), or: The request is not signed by an AWS identity (`not-signed`) */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The caller is not allowed to do this (`not-allowed`) */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not found (`not-found`) */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are too many requests (`too-many-requests`), or: Today's requests are used up (`quota-used-up`) */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something went wrong in the service (`internal-error`) */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description This stack has no trainer (`no-trainer`) */
      501: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  cancelTraining: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The training as it is now */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Training'];
        };
      };
      /** @description The request has no API key (`missing-key`), or: The API key is not valid (`wrong-key`), or: The request is not signed by an AWS identity (`not-signed`) */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The caller is not allowed to do this (`not-allowed`) */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not found (`not-found`) */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description There are too many requests (`too-many-requests`), or: Today's requests are used up (`quota-used-up`) */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Something went wrong in the service (`internal-error`) */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description This stack has no trainer (`no-trainer`) */
      501: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
}
