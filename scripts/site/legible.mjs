/**
 * Runs in a page: text that can't be read, because its colour is nearly that of what is behind it, or because a box cuts it off that
 * nobody can scroll.
 *
 * @returns {string[]}
 */
export function illegible() {
  /** Of the contrast that WCAG asks for large text, the least of all. */
  const least = 3
  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number)

  function luminance(rgb) {
    const [r, g, b] = rgb.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }

  const grounds = new Map([[null, [255, 255, 255]]])
  const on = (ground, [r, g, b, alpha = 1]) => [r, g, b].map((value, i) => value * alpha + ground[i] * (1 - alpha))

  /** The colour behind it; undefined where a picture is: nobody can tell from the outside what that has there. */
  function behind(element) {
    if (grounds.has(element)) return grounds.get(element)
    const { backgroundColor, backgroundImage } = getComputedStyle(element)
    const under = behind(element.parentElement)
    const ground = backgroundImage !== 'none' || under === undefined ? undefined : on(under, numbers(backgroundColor))
    grounds.set(element, ground)
    return ground
  }

  function pale(element) {
    const ink = numbers(getComputedStyle(element).color)
    const ground = behind(element)
    if (ink[3] === 0 || ground === undefined) return false
    const [dark, bright] = [luminance(on(ground, ink)), luminance(ground)].sort((one, other) => one - other)
    return (bright + 0.05) / (dark + 0.05) < least
  }

  const edges = new Map([[null, Infinity]])

  /** How far to the right its text may go before a box cuts it off. */
  function edge(element) {
    if (!edges.has(element)) edges.set(element, edgeBy(element))
    return edges.get(element)
  }

  function edgeBy(element) {
    const { overflowX, textOverflow, clip, clipPath } = getComputedStyle(element)
    // Dots show that there is more; and what is clipped to nothing is for those who listen.
    if (/auto|scroll/.test(overflowX) || textOverflow === 'ellipsis' || clip !== 'auto' || clipPath !== 'none') return Infinity
    return /hidden|clip/.test(overflowX) && element.clientWidth > 1
      ? element.getBoundingClientRect().right
      : edge(element.parentElement)
  }

  const found = new Set()
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const { currentNode: node } = walker
    const element = node.parentElement
    const text = node.textContent.trim()
    if (text === '' || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const { width, right } = range.getBoundingClientRect()
    if (width === 0) continue
    if (right > edge(element) + 1) found.add(`cut off: ${text.slice(0, 60)}`)
    if (pale(element)) found.add(`hardly to be seen: ${text.slice(0, 60)}`)
  }
  return [...found]
}
