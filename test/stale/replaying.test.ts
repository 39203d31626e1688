import { describeReplaying } from './undici-suite.ts'

// In short; in full with many more requests: *.long.test.ts.
const short = { gets: 1500, posts: 500 }

describeReplaying('undici 7', { driver: 'undici', alias: { undici: 'undici7' } }, short)
describeReplaying('undici 8', { driver: 'undici' }, short)
describeReplaying('fetch', { driver: 'fetch' }, short)
