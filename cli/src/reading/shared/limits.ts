/** A text that is longer, in UTF-16 units, is no setting of a pool; constants that use constants twice grow without bound. */
export const longestSetting = 10_000
