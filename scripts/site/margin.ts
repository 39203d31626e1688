import type { CDPSession } from 'playwright-core'

/**
 * Whether anything is drawn beside a screen of this width: a picture of the strip beside it, as the browser has painted it, is compared with
 * one of the same strip when the page's text and boxes are hidden.
 */
export async function drawsBeside(session: CDPSession, width: number): Promise<boolean> {
  const height = Number(await evaluate(session, 'document.documentElement.scrollHeight'))
  // A quarter of the size will do: a line of one pixel still changes the colour.
  const clip = { x: width, y: 0, width: 400, height, scale: 0.25 }
  const picture = async () =>
    (await session.send('Page.captureScreenshot', { clip, captureBeyondViewport: true, optimizeForSpeed: true })).data
  const shown = await picture()
  await evaluate(session, "document.body.style.visibility = 'hidden'")
  const bare = await picture()
  await evaluate(session, "document.body.style.visibility = ''")
  return shown !== bare
}

async function evaluate(session: CDPSession, expression: string): Promise<unknown> {
  return (await session.send('Runtime.evaluate', { expression })).result.value
}
