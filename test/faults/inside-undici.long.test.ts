import { describeInside } from './inside-suite.ts'

describeInside(1, 8)
