/** Ends the run with one plain line: how many tests passed and failed. A suite that could not run counts as failed. */
class CountsReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    this.line = `${results.numPassedTests} passed, ${failed} failed`;
    process.on('exit', () => process.stdout.write(`${this.line}\n`));
  }
}
module.exports = CountsReporter;
