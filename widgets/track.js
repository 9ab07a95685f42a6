// What the shopper does here, sent in the background.

import { anonymousId, api, heldNow, key, shopper, unfollowed, uuid } from './identity.js'

const BATCH = 25 // events; keeps a beacon well under the browser's 64 KB

let queue = []
let timer

// Notes one activity, in the words of Segment's e-commerce events.
export const track = (event, properties = {}) => note({ type: 'track', event, properties })

export function note(activity) {
  if (unfollowed) return
  queue.push({
    ...activity,
    messageId: uuid(),
    anonymousId: anonymousId(),
    timestamp: new Date().toISOString(),
    context: { locale: document.documentElement.lang, page: { path: location.pathname } }
  })
  timer ??= setTimeout(async () => {
    await shopper()
    flush()
  }, 300)
}

// Sends what waits, now: the page may be about to go.
export function flush() {
  clearTimeout(timer)
  timer = undefined
  const person = heldNow()
  while (queue.length) {
    const batch = queue.splice(0, BATCH)
    if (person) {
      for (const event of batch) {
        event.userId = person.sub
        event.context.shopperToken = person.token
      }
    }
    post(JSON.stringify({ batch, writeKey: key, sentAt: new Date().toISOString() }))
  }
}

// A plain string goes as text/plain, which needs no preflight.
function post(body) {
  const url = api + 'v1/batch'
  if (!navigator.sendBeacon?.(url, body)) {
    fetch(url, { method: 'POST', body, keepalive: true, credentials: 'omit' }).catch(() => {})
  }
}

addEventListener('pagehide', flush)
document.addEventListener('visibilitychange', () => document.hidden && flush())

// A suggestion counts as shown when half of it was in view for one second.
const facts = new WeakMap()
const clocks = new WeakMap()
const eye = new IntersectionObserver(
  (entries) => {
    for (const { target, intersectionRatio } of entries) {
      clearTimeout(clocks.get(target))
      if (intersectionRatio >= 0.5) clocks.set(target, setTimeout(seen, 1000, target))
    }
  },
  { threshold: 0.5 }
)

function seen(card) {
  if (document.hidden || !card.isConnected) return
  eye.unobserve(card)
  track('Suggestion Shown', facts.get(card))
}

export function watch(card, properties) {
  facts.set(card, properties)
  eye.observe(card)
}
