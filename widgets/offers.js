// <rapport-offers basket="ID ID" heading="For you today">

import { RapportElement, h } from './element.js'

class Offers extends RapportElement {
  placement = 'offers'

  draw({ offers }) {
    if (!offers?.length) return
    return h(
      'section',
      'offers',
      { 'aria-labelledby': 'heading' },
      h('h2', 'heading', { id: 'heading' }, this.getAttribute('heading') || this.word('offers')),
      h('ul', 'list', { role: 'list' }, ...offers.map((offer) => this.offer(offer)))
    )
  }

  offer({ title, sentence, verdict, unlock, code, ends_at }) {
    const almost = verdict === 'almost'
    const missing = almost && !sentence && this.money(unlock?.missing)
    return h(
      'li',
      almost ? 'almost' : 'granted',
      null,
      h('strong', 'title', null, String(title ?? '')),
      sentence && h('span', 'sentence', null, String(sentence)),
      missing && h('span', 'sentence', null, `${this.word('missing')} ${missing}`),
      this.ending(ends_at),
      code && this.code(String(code))
    )
  }

  ending(time) {
    const date = new Date(time ?? NaN)
    if (isNaN(date)) return
    return h('small', 'ends', null, `${this.word('until')} ${date.toLocaleDateString(this.language, { day: 'numeric', month: 'long' })}`)
  }

  code(code) {
    const button = h('button', 'code', { type: 'button' }, `${code} · ${this.word('copy')}`)
    button.addEventListener('click', async () => {
      await navigator.clipboard?.writeText(code).catch(() => {})
      button.textContent = `${code} · ${this.word('copied')}`
    })
    return button
  }
}

customElements.get('rapport-offers') ?? customElements.define('rapport-offers', Offers)
