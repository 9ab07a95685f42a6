// <rapport-uses limit="3" product="ID ID" heading="What you can do with it">

import { RapportElement, h, webAddress } from './element.js'
import { flush, track, watch } from './track.js'

class Uses extends RapportElement {
  placement = 'new-uses'

  draw({ recommendation_id, uses }) {
    if (!uses?.length) return
    const ideas = uses.map((use, index) =>
      this.idea(use, {
        recommendation_id,
        placement: this.placement,
        position: index + 1,
        use_id: use.use_id
      })
    )
    return h(
      'section',
      'uses',
      { 'aria-labelledby': 'heading' },
      h('h2', 'heading', { id: 'heading' }, this.getAttribute('heading') || this.word(this.placement)),
      h('ul', 'list', { role: 'list' }, ...ideas)
    )
  }

  idea(use, facts) {
    const { title, summary, reason, owned, missing } = use
    const image = webAddress(use.image_url)
    const url = webAddress(use.url)
    const name = String(title ?? use.use_id)
    const link = h(
      url ? 'a' : 'div',
      'link',
      url && { href: url },
      h('span', 'picture', null, image && h('img', 'image', { src: image, alt: '', loading: 'lazy' })),
      h('strong', 'name', null, name),
      h('span', 'effort', null, this.effort(use)),
      summary && h('span', 'summary', null, String(summary))
    )
    const further = (owned ?? []).filter(({ product_id }) => product_id !== reason?.evidence?.product_id)
    const answers = h('div', 'answers')
    const idea = h(
      'li',
      'use',
      null,
      link,
      reason?.text && h('p', 'reason', null, String(reason.text)),
      further.length && h('p', 'owned', null, `${this.word('owned')} ${further.map(({ name }) => name).join(' · ')}`),
      ...(missing ?? []).map((product) => this.missing(product, facts, missing.length === 1 && answers)),
      answers
    )
    const opened = () => {
      track('Suggestion Clicked', facts)
      flush()
    }
    link.addEventListener('click', opened)
    link.addEventListener('auxclick', opened)
    const { use_id } = facts
    answers.append(
      this.button('tried', name, () => {
        track('Use Tried', { use_id })
        this.said(answers, 'noted')
      }),
      this.button('dismiss', name, () => {
        track('Suggestion Dismissed', { ...facts, reason: 'not_for_me' })
        this.leave(idea)
      })
    )
    watch(idea, facts)
    return idea
  }

  effort({ minutes, level }) {
    const time =
      minutes > 0 &&
      new Intl.NumberFormat(this.language, {
        style: 'unit',
        unit: minutes < 120 ? 'minute' : 'hour',
        maximumFractionDigits: 1
      }).format(minutes < 120 ? minutes : minutes / 60)
    return [time, level].filter(Boolean).join(' · ')
  }

  // What is not there yet and the way to it; where it is one thing only, a word for who has it.
  missing(product, { recommendation_id, placement, position }, answers) {
    const { product_id, price, offer } = product
    const url = webAddress(product.url)
    const name = String(product.name ?? product_id)
    const now = this.money(offer?.price ?? price)
    const link = h(url ? 'a' : 'span', 'wanted', url && { href: url }, name, now && h('b', 'price', null, now))
    const facts = { recommendation_id, placement, position, product_id }
    link.addEventListener('click', () => {
      track('Suggestion Clicked', facts)
      flush()
    })
    const lacking = h('p', 'missing', null, link)
    if (!answers) return lacking
    const have = this.button('have', name, () => {
      track('Ownership Corrected', { product_id, state: 'have' })
      lacking.remove()
      this.said(answers, 'noted')
    })
    lacking.append(have)
    return lacking
  }
}

customElements.get('rapport-uses') ?? customElements.define('rapport-uses', Uses)
