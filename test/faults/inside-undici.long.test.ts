import { describeInside } from './inside-suite.ts'

// Every other case; describeInside(1, 8) are all, which takes minutes.
describeInside(2, 4)
