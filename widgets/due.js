// When something runs out, and a word from whoever knows better: in <rapport-shelf kind="buy-again">.

import { h } from './element.js'
import { track } from './track.js'

// What a card says of a product that is due: about when, and two answers of one tap each.
export function due(shelf, { product_id, name, due_at }, card) {
  const about = when(due_at, shelf)
  if (!about) return []
  const answers = h('div', 'answers')
  const correct = (state, after) =>
    shelf.button(state, name ?? product_id, () => {
      track('Ownership Corrected', { product_id, state })
      after()
    })
  answers.append(
    correct('plenty', () => shelf.leave(card)),
    correct('out', () => shelf.said(answers, 'noted'))
  )
  return [h('span', 'due', null, about), answers]
}

function when(time, shelf) {
  const date = new Date(time ?? NaN)
  if (isNaN(date)) return
  if (date <= Date.now()) return shelf.word('due')
  const day = date.toLocaleDateString(shelf.language, { day: 'numeric', month: 'short' })
  return `${shelf.word('about')} ${day}`
}
