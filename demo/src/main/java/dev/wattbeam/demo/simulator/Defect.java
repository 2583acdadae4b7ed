package dev.wattbeam.demo.simulator;

/** What is wrong with a delivery, or with how it came. A reading has at most one defect. */
public enum Defect {
  NONE,
  /** Delivered late, but within the allowed lateness: used. */
  LATE,
  /** Delivered after the allowed lateness: kept aside, its energy is not in the rows. */
  TOO_LATE,
  /** Another copy of a good reading. */
  DUPLICATE,
  /** Delivered after one or more of the next readings of the same channel: used. */
  OUT_OF_ORDER,
  /** Never delivered. Counted, but there is no such delivery. */
  MISSING,
  /**
   * Power and interval energy: a wrong high value, half of them within the rating (used), half
   * above it (rejected). Registers: one value that is far too high (left out).
   */
  SPIKE,
  /** A register starts again from zero; part of the energy of that step is lost. */
  RESET,
  /** A register passes its modulus. No energy is lost; the meter was near its modulus. */
  ROLLOVER,
  /** A register says zero once. */
  GLITCH,
  /** A value is repeated for a while: of power and energy it is wrong, of a register outdated. */
  FROZEN,
  /** An unknown unit, or one that does not fit the type. */
  BAD_UNIT,
  /** No JSON, cut off or not even UTF-8. */
  MALFORMED,
  /** An additional message of a meter that is not in the directory. */
  UNKNOWN_METER,
  /** A clock that is far ahead or far behind. */
  ABSURD_TIME,
  /** An additional, older version of a reading, with another value. */
  CONFLICT
}
