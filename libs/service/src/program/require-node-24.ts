/** The first thing that a program of the shop imports: an older Node would fail later and less clearly. */
const OLDEST = 24;
const [major = 0] = process.versions.node.split('.').map(Number);

if (major < OLDEST) {
  process.stderr.write(`Tillroll needs Node ${OLDEST} or newer, this is ${process.versions.node}: start it with npm (npm start), which brings one.\n`);
  process.exit(1);
}
