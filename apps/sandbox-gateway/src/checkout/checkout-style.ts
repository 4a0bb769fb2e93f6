import { createHash } from 'node:crypto';

/** The only style of the hosted pages; the policy header allows it by its hash. */
export const checkoutStyle = `
:root { color-scheme: light dark; --ink: #1d2733; --quiet: #5d6b7a; --paper: #fff; --desk: #eef1f5; --line: #dfe4ea; --go: #16794c; --go-hover: #115f3c; }
@media (prefers-color-scheme: dark) { :root { --ink: #eef2f6; --quiet: #9fadbb; --paper: #1b232c; --desk: #10161c; --line: #323e4a; --go: #1f8f5c; --go-hover: #27a56b; } }
* { box-sizing: border-box; margin: 0; }
body { min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--desk); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: min(26rem, 100%); padding: 2rem; background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; }
.provider { display: flex; justify-content: space-between; gap: 1rem; color: var(--quiet); font-size: .875rem; }
.badge { padding: 0 .5rem; border: 1px solid var(--line); border-radius: 1rem; white-space: nowrap; }
h1 { margin-top: 1.5rem; font-size: 1.125rem; font-weight: 600; }
.amount { margin: .25rem 0 1.5rem; font-size: 2.25rem; font-weight: 700; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .375rem 1rem; padding: 1rem 0; border-block: 1px solid var(--line); font-size: .875rem; }
dt { color: var(--quiet); }
dd { text-align: right; overflow-wrap: anywhere; }
form { display: grid; gap: .75rem; margin-top: 1.5rem; }
button, .back { display: block; width: 100%; padding: .75rem; border: 1px solid var(--line); border-radius: .5rem; background: transparent; color: var(--ink); font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
button.go { border-color: transparent; background: var(--go); color: #fff; }
button.go:hover { background: var(--go-hover); }
button:focus-visible, .back:focus-visible { outline: 3px solid var(--go); outline-offset: 2px; }
.back { margin-top: 1.5rem; }
.note { margin-top: 1.5rem; color: var(--quiet); font-size: .8125rem; }
`;

export const checkoutStyleHash = `'sha256-${createHash('sha256').update(checkoutStyle).digest('base64')}'`;
