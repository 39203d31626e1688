import { answerRequests } from '../../../src/reading/javascript/worker.ts'

/** Finds the name of each file, and never comes to an end with one whose name says so. */
answerRequests(({ file }) => {
  while (file === 'endless.js');
  return [file]
})
