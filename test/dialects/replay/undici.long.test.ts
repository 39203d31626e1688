import { describeReplays } from './suite.ts'

describeReplays('undici')
