/** Names that the functions' metrics, the dashboard and the alarms share. */

export const METRICS_NAMESPACE = 'facedrop';

export const METRIC = {
  /** Milliseconds from the photo's upload to its result. */
  uploadToResult: 'UploadToResult',
  /** Faces in one photo. */
  facesFound: 'FacesFound',
  photosDone: 'PhotosDone',
  photosFailed: 'PhotosFailed',
  /** Trained models that could not be loaded. */
  modelsNotLoaded: 'ModelsNotLoaded',
} as const;

/** What EventBridge rules match on. */
export const EVENT_SOURCE = 'facedrop';
export const EVENT_TYPES = { done: 'Photo analysed', failed: 'Photo failed' } as const;
