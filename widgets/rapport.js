// The entry a shop embeds: <script type="module" src=".../widgets/v1/rapport.js" data-key="pk_...">

import { begin } from './client.js'
import * as who from './identity.js'
import { flush, note, track } from './track.js'

// Room is held from the first moment, so that nothing moves when the answer comes.
const room = new CSSStyleSheet()
room.replaceSync(
  ':where(rapport-shelf,rapport-uses,rapport-offers){display:flow-root;min-height:var(--rapport-room,20rem)}:where(rapport-offers){min-height:var(--rapport-room,10rem)}'
)
document.adoptedStyleSheets.push(room)

const absent = new Set(['shelf', 'uses', 'offers'])

// Loads the modules of those elements that the page has.
function look() {
  const found = [...absent].filter((name) => document.querySelector('rapport-' + name))
  return Promise.allSettled(
    found.map((name) => {
      absent.delete(name)
      return import(`./${name}.js`)
    })
  )
}

const changed = () => document.dispatchEvent(new Event('rapport:who'))

// A visitor who turns out to be a shopper: what they did before belongs to them.
async function join() {
  const person = await who.shopper()
  if (person && who.newlyKnown(person)) note({ type: 'identify' })
}

export { track }

// Somebody logged in: from now on they are the shopper of this token.
export function identify(token) {
  flush()
  who.identify(token)
  join()
  changed()
}

// Somebody logged out.
export function reset() {
  flush()
  who.reset()
  changed()
}

window.rapport ??= Object.freeze({ identify, reset, track })
document.dispatchEvent(new Event('rapport:ready'))

join() // asked early: the elements' one question needs the token
if (document.readyState === 'loading') await new Promise((ready) => addEventListener('DOMContentLoaded', ready))
await look()
begin()
new MutationObserver(look).observe(document, { childList: true, subtree: true })
