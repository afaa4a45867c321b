// What frames are, in the words of the API.
export const FRAME_TYPES = ["bias", "dark", "flat", "light", "arc", "focus", "sky", "other"] as const;
export type FrameType = (typeof FRAME_TYPES)[number];
