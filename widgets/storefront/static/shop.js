// What the shop tells of its pages: a product seen, put in the basket, taken out, words searched.
// Without the service there is nobody to tell, and nothing else happens.

const facts = ({ product, name, category, query }) =>
  query === undefined ? { product_id: product, name, category } : { query }

function tell() {
  for (const node of document.querySelectorAll('[data-event]:not(form)')) {
    window.rapport.track(node.dataset.event, facts(node.dataset))
  }
  document.addEventListener('submit', ({ target }) => {
    if (!target.dataset.event) return
    const quantity = Number(target.elements.quantity?.value) || undefined
    window.rapport.track(target.dataset.event, { ...facts(target.dataset), quantity })
  })
}

if (window.rapport) tell()
else document.addEventListener('rapport:ready', tell, { once: true })
