export default {
  complements: 'Past erbij',
  similar: 'Dit kan ook',
  'also-viewed': 'Ook bekeken',
  'for-you': 'Voor u',
  'next-basket': 'Volgende keer',
  trending: 'Nu populair',
  'buy-again': 'Weer nodig',
  'because-you-bought': 'Omdat u kocht',
  'recently-viewed': 'Bekeken',
  'on-sale': 'Afgeprijsd',
  offers: 'Vandaag voor u',
  dismiss: 'Niets voor mij',
  before: 'voorheen',
  missing: 'Nog nodig:',
  until: 'tot',
  copy: 'kopieer',
  copied: 'gekopieerd'
}
