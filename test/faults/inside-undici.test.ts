import { describeInside } from './inside-suite.ts'

describeInside(19, 1)
