/** One setting that cannot be used. */
export interface SettingFault {
  readonly setting: string;
  /** What was given; undefined for a secret, and for a setting that is missing. */
  readonly given: string | undefined;
  readonly allowed: string;
}

const sentence = ({ setting, given, allowed }: SettingFault): string =>
  `${setting}: ${given === undefined ? '' : `given ${JSON.stringify(given)}, `}allowed: ${allowed}`;

/** Some settings cannot be used: the message has one line for each. */
export class InvalidSettings extends Error {
  override readonly name = 'InvalidSettings';
  /** What a process exits with because of this (EX_CONFIG of sysexits.h). */
  readonly exitCode = 78;

  constructor(readonly faults: readonly SettingFault[]) {
    super(faults.map(sentence).join('\n'));
  }
}
