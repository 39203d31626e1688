/**
 * Runs in a page: what makes it scroll sideways. What scrolls within a box of its own may be as wide as it likes.
 *
 * @returns {string[]}
 */
export function beyond() {
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth <= clientWidth) return []
  const clips = (element) =>
    element !== null &&
    element !== document.documentElement &&
    (/auto|scroll|hidden/.test(getComputedStyle(element).overflowX) || clips(element.parentElement))
  const wide = [...document.querySelectorAll('body *')].filter(
    (element) => element.getBoundingClientRect().right > clientWidth + 1 && !clips(element.parentElement),
  )
  const named = wide.slice(-3).map(({ tagName, textContent }) => `<${tagName.toLowerCase()}> ${(textContent ?? '').slice(0, 60)}`)
  return [`${scrollWidth - clientWidth} px too wide: ${named.join(' | ')}`]
}
