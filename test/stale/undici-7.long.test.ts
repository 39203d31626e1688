import { describeReplaying } from './undici-suite.ts'

describeReplaying('undici 7', { driver: 'undici', alias: { undici: 'undici7' } }, { gets: 5000, posts: 5000 })
