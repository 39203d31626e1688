#!/usr/bin/env node
import { run } from './main.ts'
import { processIo } from './process-io.ts'

const { io, exit } = processIo()
exit(await run(process.argv.slice(2), io))
