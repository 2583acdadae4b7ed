package dev.wattbeam.demo.simulator;

import java.util.List;

/**
 * How many of a hundred readings have which defect, as shares from 0 to 1.
 *
 * @param late of all readings
 * @param tooLate of all readings; shows only in a period that is longer than the allowed lateness
 * @param duplicate of all readings, each followed by one or two copies
 * @param outOfOrder of all readings
 * @param missing of all readings
 * @param spike of all readings
 * @param reset of register readings
 * @param rollover of register <b>meters</b>: they start just below their modulus
 * @param glitch of register readings
 * @param frozen of all readings: how many start a run of 4 to 12 equal values
 * @param badUnit of all readings
 * @param malformed of all readings
 * @param unknownMeter of all readings: how many are accompanied by a message of an unknown meter
 * @param absurdTime of all readings
 * @param conflict of all readings: how many are accompanied by an older version
 */
public record DefectShares(
    double late,
    double tooLate,
    double duplicate,
    double outOfOrder,
    double missing,
    double spike,
    double reset,
    double rollover,
    double glitch,
    double frozen,
    double badUnit,
    double malformed,
    double unknownMeter,
    double absurdTime,
    double conflict) {
  /** A perfect fleet. */
  public static final DefectShares NONE =
      new DefectShares(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** A fleet that is worse than usual, so that everything shows within a day. */
  public static final DefectShares DEFAULT =
      new DefectShares(
          0.01, 0.002, 0.01, 0.01, 0.005, 0.001, 0.0005, 0.2, 0.002, 0.0005, 0.001, 0.001, 0.001,
          0.001, 0.001);

  /** All shares times a factor; those that would pass their limit stay at it. */
  public DefectShares times(double factor) {
    double sum = sum();
    // Together they are at most a half, so that something is left that works.
    double f = sum * factor > 0.5 ? 0.5 / sum : factor;
    return new DefectShares(
        late * f,
        tooLate * f,
        duplicate * f,
        outOfOrder * f,
        missing * f,
        spike * f,
        reset * f,
        Math.min(1, rollover * factor),
        glitch * f,
        frozen * f,
        badUnit * f,
        malformed * f,
        unknownMeter * f,
        absurdTime * f,
        conflict * f);
  }

  private double sum() {
    double sum = 0;
    for (Defect defect : Defect.values()) {
      sum += defect == Defect.ROLLOVER ? 0 : of(defect);
    }
    return sum;
  }

  /** The share of one defect. */
  public double of(Defect defect) {
    return switch (defect) {
      case NONE -> 0;
      case LATE -> late;
      case TOO_LATE -> tooLate;
      case DUPLICATE -> duplicate;
      case OUT_OF_ORDER -> outOfOrder;
      case MISSING -> missing;
      case SPIKE -> spike;
      case RESET -> reset;
      case ROLLOVER -> rollover;
      case GLITCH -> glitch;
      case FROZEN -> frozen;
      case BAD_UNIT -> badUnit;
      case MALFORMED -> malformed;
      case UNKNOWN_METER -> unknownMeter;
      case ABSURD_TIME -> absurdTime;
      case CONFLICT -> conflict;
    };
  }

  void check(List<String> errors) {
    for (Defect defect : Defect.values()) {
      double share = of(defect);
      if (!(share >= 0 && share <= 1)) {
        errors.add("share of " + defect + " is " + share + "; expected 0 to 1");
      }
    }
    if (sum() > 1) {
      errors.add("the shares of defects add up to " + sum() + "; expected at most 1");
    }
  }
}
