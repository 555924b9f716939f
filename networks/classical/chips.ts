/** Of the chips that are described, in pixels, and of the square that they show, in sizes of the face. */
export const SIDE = 128;
export const EXTENT = 1.3;

/** The input of every network here. */
export const CHIPS = { name: 'chips', type: 'uint8', shape: ['batch', SIDE, SIDE, 3] } as const;
