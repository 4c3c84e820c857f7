/**
 * The most that the API alone may weigh, minified, in KiB: as an app of this checkout carries it, and as one that installed the package does. A margin
 * of a few KiB over what docs/explain/performance.md says, so that growth is noticed when it happens.
 */
export const API_ALONE_MOST_KIB = 192
