export default {
  complements: 'Passer til',
  similar: 'Du kan også ta',
  'also-viewed': 'Andre så på',
  'for-you': 'For deg',
  'next-basket': 'Neste gang',
  trending: 'Populært nå',
  'buy-again': 'På tide igjen',
  'because-you-bought': 'Fordi du kjøpte',
  'recently-viewed': 'Du så på',
  'on-sale': 'Nedsatt',
  offers: 'For deg i dag',
  dismiss: 'Ikke noe for meg',
  before: 'før',
  missing: 'Mangler:',
  until: 'til',
  copy: 'kopier',
  copied: 'kopiert'
}
