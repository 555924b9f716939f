/** Eyes, nose tip and corners of the mouth in `samples/astronaut.jpg`, in pixels. */
export const ASTRONAUT_LANDMARKS = [
  { x: 202, y: 101 },
  { x: 246, y: 104 },
  { x: 223, y: 126 },
  { x: 203, y: 142 },
  { x: 242, y: 143 },
] as const;
