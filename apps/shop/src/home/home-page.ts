const places: readonly (readonly [path: string, what: string])[] = [
  ['/docs', 'the API, page by page, to read and to try'],
  ['/openapi.json', 'the same as an OpenAPI document'],
  ['/v1/products', 'the catalogue'],
  ['/health/ready', 'is the shop ready, and each of its parts'],
  ['/metrics', 'figures for Prometheus'],
];

/** Plain HTML: no script, nothing from elsewhere. */
export const homePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tillroll</title>
<link rel="icon" href="data:,">
<style>
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 42rem; margin: 4rem auto; padding: 0 1rem; color: #1c1c1c; background: #fbfaf7; }
  h1 { font-weight: 600; letter-spacing: -0.02em; margin-bottom: 0; }
  dt { margin-top: 1rem; font-family: ui-monospace, monospace; }
  dd { margin: 0; color: #555; }
  a { color: #0b5d3b; }
  code { background: #f0ede4; padding: 0.1rem 0.3rem; border-radius: 3px; }
</style>
</head>
<body>
<h1>Tillroll</h1>
<p>The back end of a shop: cart, order, inventory, payment and customer services that keep every change as an event.</p>
<dl>
${places.map(([path, what]) => `<dt><a href="${path}">${path}</a></dt><dd>${what}</dd>`).join('\n')}
<dt><a href="/v1/events">/v1/events</a></dt><dd>every public event, as a feed; needs a token with the role <code>ops</code></dd>
</dl>
<p>A purchase, told step by step with the events that it writes: <code>npm run demo</code></p>
</body>
</html>
`;
