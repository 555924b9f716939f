/** What lies where in the training bucket: prefixes of keys. */
export const FOLDER = {
  /** `NAME/…`: labelled photos, as users put them there. */
  datasets: 'datasets/',
  /** `NAME/HASH/…`: the faces cut out of them, once for each content. */
  prepared: 'prepared/',
  /** `HASH/…`, of corrections `corrections/HASH/…`: what frozen networks make of prepared faces, for all trainings on them. */
  features: 'features/',
  /** `ID/…`: checkpoints, logs and products of a training. */
  trainings: 'trainings/',
  /** `TASK/…`: networks that serve, served, or may serve. */
  models: 'models/',
  /** Vectors of people whom users named. */
  gallery: 'gallery/',
} as const;
