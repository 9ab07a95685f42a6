// One question to the service for everything on the page.

import { anonymousId, api, key, shopper } from './identity.js'

const GIVE_UP = 5000 // ms; an aborted request leaves no line in the console

let waiting = []
let open = false

// Resolves with the slot's answer, or undefined when there is none. Never rejects.
export function ask(slot, basket, locale) {
  return new Promise((settle) => {
    waiting.push({ slot, basket, locale, settle })
    if (open && waiting.length === 1) setTimeout(send)
  })
}

// The page is read and its elements are known: from here on questions go out.
export function begin() {
  open = true
  if (waiting.length) send()
}

async function send() {
  const questions = waiting
  waiting = []
  const placements = await answers(questions).catch((error) => console.debug('rapport:', error.message))
  questions.forEach(({ settle }, index) => settle(placements?.['s' + index]))
}

async function answers(questions) {
  const person = await shopper()
  const answer = await fetch(api + 'v1/placements', {
    method: 'POST',
    signal: AbortSignal.timeout(GIVE_UP),
    headers: {
      'Content-Type': 'application/json',
      Authorization: 'Bearer ' + key,
      ...(person ? { 'Rapport-Shopper': person.token } : { 'Rapport-Anonymous': anonymousId() })
    },
    body: JSON.stringify({
      slots: Object.fromEntries(questions.map(({ slot }, index) => ['s' + index, slot])),
      basket: [...new Set(questions.flatMap(({ basket }) => basket))],
      locale: questions[0].locale
    })
  })
  if (!answer.ok) throw Error('answered ' + answer.status)
  return (await answer.json()).placements
}
