import { describeReplaying } from './undici-suite.ts'

describeReplaying('fetch', { driver: 'fetch' }, { gets: 20_000, posts: 5000 })
