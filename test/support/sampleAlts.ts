/** The alt text that the built-in model gives to pictures of samples/ (their `reference` in mini-blip-eval). */
export const sampleAlts = {
  login: 'A screenshot of a login form',
  signInFlow: 'A sequence diagram',
  terminal: 'A screenshot of a terminal',
  folder: 'A folder open icon',
  chat: 'A screenshot of a chat window',
  growth: 'A line chart going up',
  payment: 'A screenshot of a payment form',
  revenue: 'A stacked bar chart',
  roadmap: 'A mind map',
} as const;
