export default {
  complements: 'Goes with it',
  similar: 'You could also take',
  'also-viewed': 'Others looked at',
  'for-you': 'For you',
  'next-basket': 'Next time',
  trending: 'Popular now',
  'buy-again': 'Time again',
  'because-you-bought': 'Because you bought',
  'recently-viewed': 'You looked at',
  'on-sale': 'Reduced',
  offers: 'For you today',
  dismiss: 'Not for me',
  before: 'before',
  missing: 'Still missing:',
  until: 'until',
  copy: 'copy',
  copied: 'copied'
}
