package dev.wattbeam.model;

/**
 * Quality of a reading or of a piece of energy, in the vocabulary of IEEE 2030.5 and Green Button
 * ESPI (quality of reading codes).
 */
public enum Quality {
  VALID("valid"),
  MANUALLY_EDITED("manually-edited"),
  ESTIMATED_REFERENCE_DAY("estimated-reference-day"),
  ESTIMATED_LINEAR("estimated-linear"),
  QUESTIONABLE("questionable"),
  DERIVED("derived"),
  PROJECTED("projected"),
  RAW("raw"),
  VALIDATED("validated"),
  VERIFIED("verified");

  private final String code;

  Quality(String code) {
    this.code = code;
  }

  /** The name on the wire and in tables. */
  public String code() {
    return code;
  }

  /** The quality with this wire name, or null when there is none. */
  public static Quality ofCode(String code) {
    for (Quality quality : values()) {
      if (quality.code.equals(code)) {
        return quality;
      }
    }
    return null;
  }

  /**
   * Which of two copies of one reading is to be trusted more: the higher rank. No two qualities
   * share a rank: else which of two copies stays would depend on their order of arrival.
   */
  public int rank() {
    return switch (this) {
      case VERIFIED -> 10;
      case MANUALLY_EDITED -> 9;
      case VALIDATED -> 8;
      case VALID -> 7;
      case RAW -> 6;
      case DERIVED -> 5;
      case ESTIMATED_REFERENCE_DAY -> 4;
      case ESTIMATED_LINEAR -> 3;
      case PROJECTED -> 2;
      case QUESTIONABLE -> 1;
    };
  }
}
