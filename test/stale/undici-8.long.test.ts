import { describeReplaying } from './undici-suite.ts'

describeReplaying('undici 8', { driver: 'undici' }, { gets: 20_000, posts: 5000 })
