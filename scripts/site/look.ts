// Looks at every page of the built site as readers do: on a phone and on a desk, light and dark. `npm run docs:look`, after `docs:build`; with
// `--pictures` it keeps what it saw in .cache/pictures. A page that is wider than the screen, has text that can't be read, logs an error, or asks
// for what is not there, fails.
import { globSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { root } from '../root.ts'
import { beyond } from './beyond.mjs'
import { findBrowser, openBrowser } from './browser.ts'
import { illegible } from './legible.mjs'
import { drawsBeside } from './margin.ts'
import { serve } from './serve.ts'

const { values } = parseArgs({ options: { pictures: { type: 'boolean' }, only: { type: 'string' } } })
const site = fileURLToPath(new URL('.cache/site/', root))
const pictures = fileURLToPath(new URL('.cache/pictures/', root))

const screens = [
  { width: 390, height: 844 },
  { width: 1280, height: 900 },
] as const

/** Runs in a page, and ends when what follows its width has been drawn. */
const drawn = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))'

const program = findBrowser()
if (program === undefined && process.env.TEST_PROGRAMS === 'all')
  throw new Error('chromium is not installed here: .ci/run installs it')
if (program === undefined) console.warn('skipped: chromium is not installed here, so nobody looked at the pages')
else process.exitCode = (await lookWith(program)) === 0 ? 0 : 1

async function lookWith(file: string): Promise<number> {
  const pages = globSync('**/*.html', { cwd: site }).filter((page) => page !== '404.html' && page.includes(values.only ?? ''))
  if (pages.length === 0) throw new Error('there is no site: npm run docs:build')
  if (values.pictures) mkdirSync(pictures, { recursive: true })
  const server = await serve(site)
  const browser = await openBrowser(file)
  const problems: string[] = []
  const page = await browser.newPage()
  const session = await page.context().newCDPSession(page)
  let at = ''
  const tell = (problem: string) => problems.push(`${at}: ${problem}`)
  page.on('console', (message) => message.type() === 'error' && tell(message.text()))
  page.on('pageerror', ({ message }) => tell(message))
  page.on('response', (response) => response.status() >= 400 && tell(`${response.status()} for ${response.url()}`))
  page.on('request', (request) => !request.url().startsWith(server.origin) && tell(`asks elsewhere: ${request.url()}`))
  for (const file of pages.sort()) {
    for (const [index, { width, height }] of screens.entries()) {
      at = `${file} at ${width} px`
      await page.emulateMedia({ colorScheme: 'light' })
      await page.setViewportSize({ width, height })
      // To load it is most of the work: from the phone's width it is widened to the desk's, as anybody can.
      if (index === 0) await page.goto(`${server.origin}/${file}`, { waitUntil: 'load' })
      else await page.evaluate(drawn)
      for (const problem of await page.evaluate(beyond)) tell(problem)
      if (await drawsBeside(session, width)) tell('something is drawn beside the screen')
      // On a phone nothing is shown that a desk has not: its colours are looked at once.
      const isPhone = index === 0 && !values.pictures
      for (const colorScheme of isPhone ? (['light'] as const) : (['light', 'dark'] as const)) {
        // The page follows without being loaded again, when its script has been told.
        await page.emulateMedia({ colorScheme })
        await page.waitForFunction(`document.documentElement.classList.contains('dark') === ${colorScheme === 'dark'}`)
        for (const problem of await page.evaluate(illegible)) tell(`${colorScheme}: ${problem}`)
        const name = `${file.replaceAll('/', '-').replace('.html', '')}-${width}-${colorScheme}.png`
        if (values.pictures) await page.screenshot({ path: `${pictures}${name}`, fullPage: true })
      }
    }
  }
  await browser.close()
  server.close()
  for (const problem of problems) console.error(problem)
  console.log(
    `${pages.length} pages at two widths: ${problems.length === 0 ? 'nothing is wider than the screen, and all can be read' : `${problems.length} problems`}`,
  )
  return problems.length
}
