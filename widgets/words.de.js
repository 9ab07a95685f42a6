export default {
  complements: 'Passt dazu',
  similar: 'Das ginge auch',
  'also-viewed': 'Auch angesehen',
  'for-you': 'Für Sie',
  'next-basket': 'Beim nächsten Mal',
  trending: 'Gerade beliebt',
  'buy-again': 'Wieder fällig',
  'because-you-bought': 'Weil Sie gekauft haben',
  'recently-viewed': 'Angesehen',
  'on-sale': 'Reduziert',
  offers: 'Heute für Sie',
  dismiss: 'Nichts für mich',
  before: 'vorher',
  missing: 'Es fehlen noch:',
  until: 'bis',
  copy: 'kopieren',
  copied: 'kopiert'
}
