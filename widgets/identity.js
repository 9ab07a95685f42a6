// Who is asking: the shop's key, the shopper's token, the visitor's id.

const tag = document.querySelector('script[src*="/rapport.js"][data-key]')
const { key, tokenUrl, shopperToken, anonymousId: given } = tag?.dataset ?? {}

export { key }
export const api = new URL('../..', import.meta.url).href

// A reader who asks not to be followed is not followed, and nothing is stored.
export const unfollowed = navigator.globalPrivacyControl === true

export const uuid = () =>
  crypto.randomUUID?.() ??
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

function stored(name, value) {
  try {
    if (value && !unfollowed) localStorage.setItem(name, value)
    return localStorage.getItem(name)
  } catch {
    return null // storage may be forbidden
  }
}

function segmentId() {
  const cookie = /(?:^|; )ajs_anonymous_id=([^;]+)/.exec(document.cookie)?.[1]
  try {
    return (stored('ajs_anonymous_id') ?? (cookie && decodeURIComponent(cookie)))?.replaceAll('"', '')
  } catch {} // not Segment's
}

let visitor
export function anonymousId() {
  if (!visitor) {
    const known = given || segmentId() || stored('rapport-visitor')
    visitor = known || uuid()
    if (!known) stored('rapport-visitor', visitor)
  }
  return visitor
}

let held // {token, sub, exp} of the shopper who is logged in
let asked // the question under way, or its settled answer "nobody"

// Takes a token as the current shopper's; one that cannot be read is no token.
function hold(token) {
  try {
    const bytes = atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)))
    held = { token, ...JSON.parse(text) }
  } catch {
    held = undefined
  }
  return held
}

async function fetchToken() {
  const url = new URL(tokenUrl, document.baseURI)
  if (url.origin !== location.origin) return
  return (await (await fetch(url, { cache: 'no-store' })).json()).token // no body: nobody
}

export const heldNow = () => (held?.exp * 1000 > Date.now() + 60_000 ? held : undefined)

// The shopper's token with its claims, fetched when needed and before it ends; undefined for a visitor.
export async function shopper() {
  if (!heldNow() && tokenUrl) {
    const question = (asked ??= fetchToken().catch(() => {}))
    const token = await question
    if (token && asked === question) { // nobody came or went meanwhile
      asked = undefined
      return hold(token)
    }
  }
  return heldNow()
}

if (shopperToken) hold(shopperToken)

export function identify(token) {
  asked = undefined
  hold(token)
}

// Whether this browser's visitor turns out to be this shopper for the first time.
export const newlyKnown = ({ sub }) => {
  const pair = anonymousId() + ' ' + sub
  return stored('rapport-known') !== pair && stored('rapport-known', pair)
}

// Forgets who was here: the next visitor at this browser is somebody new.
export function reset() {
  held = undefined
  asked = Promise.resolve()
  stored('rapport-visitor', (visitor = uuid()))
}
