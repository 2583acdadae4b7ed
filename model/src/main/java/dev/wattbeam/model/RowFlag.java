package dev.wattbeam.model;

import java.util.StringJoiner;

/** Things a reader of a consumption row has to know; a row carries a set of them as bits. */
public enum RowFlag {
  /**
   * A counter started again from zero; what was used between the last value and zero is unknown.
   */
  REGISTER_RESET("register-reset"),
  /** A counter passed its highest value; the modulus was added. */
  REGISTER_ROLLOVER("register-rollover"),
  /** A momentary wrong counter value was left out. */
  REGISTER_GLITCH("register-glitch"),
  /** A counter went on at another level, as after a change of the meter: the step is not energy. */
  METER_EXCHANGE("meter-exchange"),
  /** Two counter values are too far apart to share their difference out; left to the repair. */
  REGISTER_GAP("register-gap"),
  /** A suspicious counter value waits for the next ones to confirm it. */
  PROVISIONAL("provisional"),
  /** A reading stands for a span that another reading covers too. */
  OVERLAP("overlap"),
  /** Two different values were sent for one time. */
  CONFLICT("conflict"),
  /** The energy was shared out from a reading that stands for longer than the interval. */
  SHARED("shared"),
  /** The highest interval of the day stands out against the third-highest. */
  SPIKE("spike"),
  /** An interval changed abruptly against the one before. */
  ABRUPT_CHANGE("abrupt-change"),
  /** Zero for a long time. */
  ZERO_RUN("zero-run"),
  /** The same value, not zero, many times in a row. */
  FROZEN("frozen"),
  /** Much more than this meter's usual day. */
  HIGH_USAGE("high-usage"),
  /** Much less than this meter's usual day. */
  LOW_USAGE("low-usage"),
  /** Readings are missing between others of the same day. */
  GAP("gap"),
  /** Sum of intervals and difference of the register disagree. */
  SUM_CHECK("sum-check"),
  /** More estimated energy than the configured share. */
  MANY_ESTIMATES("many-estimates");

  private final String code;

  RowFlag(String code) {
    this.code = code;
  }

  /** The name in tables and exports. */
  public String code() {
    return code;
  }

  /** The bit of this flag in a row's set of flags. */
  public int bit() {
    return 1 << ordinal();
  }

  public boolean in(int flags) {
    return (flags & bit()) != 0;
  }

  /** The flags of a set, as codes joined by a space; empty for none. */
  public static String describe(int flags) {
    StringJoiner text = new StringJoiner(" ");
    for (RowFlag flag : values()) {
      if (flag.in(flags)) {
        text.add(flag.code);
      }
    }
    return text.toString();
  }
}
