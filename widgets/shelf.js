// <rapport-shelf kind="complements" product="ID" basket="ID ID" limit="4" heading="Goes with it">

import { RapportElement, h, webAddress } from './element.js'
import { flush, track, watch } from './track.js'

class Shelf extends RapportElement {
  get placement() {
    return this.getAttribute('placement') || this.getAttribute('kind') || 'for-you'
  }

  // What only this kind has is only loaded for it, while the question is on its way.
  async prepare() {
    if (this.placement === 'buy-again') this.due = (await import('./due.js')).due
  }

  draw({ recommendation_id, products }) {
    if (!products?.length) return
    const cards = products.map((product, index) =>
      this.card(product, {
        recommendation_id,
        placement: this.placement,
        position: index + 1,
        product_id: product.product_id
      })
    )
    return h(
      'section',
      'shelf',
      { 'aria-labelledby': 'heading' },
      h('h2', 'heading', { id: 'heading' }, this.getAttribute('heading') || this.word(this.placement)),
      h('ul', 'list', { role: 'list' }, ...cards)
    )
  }

  card(product, facts) {
    const { name, price, was, reason, offer } = product
    const image = webAddress(product.image_url)
    const url = webAddress(product.url)
    const now = this.money(price)
    const before = this.money(was)
    const link = h(
      url ? 'a' : 'div',
      'link',
      url && { href: url },
      h('span', 'picture', null, image && h('img', 'image', { src: image, alt: '', loading: 'lazy' })),
      h('span', 'name', null, String(name ?? product.product_id)),
      h('span', 'price', null, now, before && h('span', 'was', null, this.word('before'), h('s', null, null, before))),
      h(
        'span',
        'notes',
        null,
        offer && h('span', 'offer', null, this.badge(offer)),
        reason?.text && h('span', 'reason', null, String(reason.text))
      )
    )
    const label = `${this.word('dismiss')}: ${name}`
    const dismiss = h('button', 'dismiss', { type: 'button', 'aria-label': label, title: this.word('dismiss') }, '×')
    const card = h('li', 'card', null, link, dismiss)
    if (product.due_at) card.append(...(this.due?.(this, product, card) ?? []))
    const clicked = () => {
      track('Suggestion Clicked', facts)
      flush()
    }
    link.addEventListener('click', clicked)
    link.addEventListener('auxclick', clicked)
    dismiss.addEventListener('click', () => {
      track('Suggestion Dismissed', { ...facts, reason: 'not_for_me' })
      this.leave(card)
    })
    watch(card, facts)
    return card
  }

  badge(offer) {
    return [this.money(offer.price), offer.title ?? offer.sentence].filter(Boolean).join(' · ')
  }
}

customElements.get('rapport-shelf') ?? customElements.define('rapport-shelf', Shelf)
