// What all elements share: asking, patience, drawing into the room that is there.

import { ask } from './client.js'

const PATIENCE = 300 // ms; afterwards what stands in view stays as it is
const ROOM = 96 // px; less than this was not reserved for us

const LANGUAGES = { de: 'de', nl: 'nl', nb: 'nb', nn: 'nb', no: 'nb' }

const sheet = new CSSStyleSheet()
let language = (document.documentElement.lang || navigator.language).replace('_', '-')
try {
  Intl.getCanonicalLocales(language)
} catch {
  language = 'en'
}
let words

const ready = Promise.all([
  import(`./words.${LANGUAGES[language.slice(0, 2).toLowerCase()] ?? 'en'}.js`).then((module) => (words = module.default)),
  fetch(new URL('rapport.css', import.meta.url))
    .then((answer) => answer.text())
    .then((text) => sheet.replace(text))
])
ready.catch(() => {}) // every element hears of it when it draws

// An element with its part name, attributes and children; strings become text, never markup.
export function h(tag, part, attributes, ...children) {
  const node = document.createElement(tag)
  if (part) node.setAttribute('part', part)
  for (const [name, value] of Object.entries(attributes ?? {})) node.setAttribute(name, value)
  node.append(...children.filter(Boolean))
  return node
}

// The address if it leads to the web or into the shop, else undefined.
export function webAddress(value) {
  if (/^(https?:\/)?\//i.test(value) && URL.canParse(value, document.baseURI)) return value
}

// Ids from an attribute: parted by spaces or commas, or a JSON list where an id holds such itself.
const list = (text) => (text?.startsWith('[') ? JSON.parse(text) : (text?.split(/[\s,]+/).filter(Boolean) ?? []))
const inView = ({ top, bottom }) => bottom > 0 && top < innerHeight

export class RapportElement extends HTMLElement {
  static observedAttributes = ['kind', 'placement', 'product', 'basket', 'limit'];
  #turn = 0

  connectedCallback() {
    if (!this.shadowRoot) {
      this.attachShadow({ mode: 'open' }).append(h('slot'))
      this.shadowRoot.adoptedStyleSheets = [sheet]
    }
    document.addEventListener('rapport:who', this)
    this.handleEvent()
  }

  disconnectedCallback() {
    document.removeEventListener('rapport:who', this)
    this.#turn++
  }

  attributeChangedCallback(name, before, after) {
    if (this.shadowRoot && this.isConnected && before !== after) this.handleEvent()
  }

  language = language

  word(name) {
    return words[name] ?? ''
  }

  money(price) {
    if (!price || price.amount === '' || !isFinite(price.amount)) return ''
    try {
      return new Intl.NumberFormat(this.language, { style: 'currency', currency: price.currency }).format(price.amount)
    } catch {
      return price.amount + ' ' + price.currency
    }
  }

  // A button that says a word about what is named.
  button(word, name, press) {
    const button = h('button', word, { type: 'button', 'aria-label': `${this.word(word)}: ${name}` }, this.word(word))
    button.addEventListener('click', press)
    return button
  }

  // Puts a word in the place of the buttons; whoever listens hears it too.
  said(buttons, word) {
    const told = h('span', 'noted', { role: 'status', tabindex: -1 }, this.word(word))
    buttons.replaceChildren(told)
    told.focus()
  }

  // Takes a card away; the focus goes to its neighbour.
  leave(card) {
    const next = card.nextElementSibling ?? card.previousElementSibling
    card.remove()
    next?.querySelector('button').focus()
  }

  // Asks anew: on arrival, when an attribute changed, when somebody logged in or out.
  async handleEvent() {
    const turn = ++this.#turn
    await null // several attributes changed together are one question
    if (turn !== this.#turn) return
    const since = performance.now()
    try {
      const slot = { name: this.placement }
      const product = list(this.getAttribute('product'))
      const limit = +this.getAttribute('limit')
      if (product.length) slot.product = product
      if (limit > 0) slot.limit = limit
      const asked = ask(slot, list(this.getAttribute('basket')), this.language)
      const [answer] = await Promise.all([asked, ready, this.prepare?.()])
      if (turn === this.#turn) this.#show(answer, performance.now() - since > PATIENCE)
    } catch (error) {
      console.debug('rapport:', error.message)
    }
  }

  #show(answer, late) {
    const fallback = this.children.length > 0 && this.shadowRoot.querySelector('slot')
    const view = inView(this.getBoundingClientRect())
    const content = answer && !answer.error && this.draw(answer)
    if (!content) {
      if (!this.children.length && !view) this.style.minHeight = 0
      return this.#tell('rapport:empty')
    }
    if (fallback && ((late && view) || this.contains(document.activeElement))) return this.#tell('rapport:late')
    if (!this.#tell('rapport:load', answer)) return
    const room = this.offsetHeight
    this.shadowRoot.replaceChildren(content)
    if (room > ROOM) this.#hold(content, room)
  }

  // Whatever follows on the page stays where it is, until the page itself changes its width.
  #hold(content, room) {
    const width = this.offsetWidth
    const much = this.offsetHeight > room
    content.style[much ? 'height' : 'minHeight'] = room + 'px'
    content.classList.toggle('held', much)
    // What scrolls must be reachable by keyboard, also where nothing in it is.
    if (much && !content.querySelector('a, button')) content.querySelector('ul').tabIndex = 0
    new ResizeObserver((_, observer) => {
      if (this.offsetWidth === width && content.isConnected) return
      observer.disconnect()
      content.style.height = content.style.minHeight = ''
      content.classList.remove('held')
    }).observe(this)
  }

  #tell(name, detail) {
    return this.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable: true, detail }))
  }
}
