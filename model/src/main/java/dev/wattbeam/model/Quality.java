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

  /** Which of two copies of one reading is to be trusted more: the higher rank. */
  public int rank() {
    return switch (this) {
      case VERIFIED -> 9;
      case MANUALLY_EDITED -> 8;
      case VALIDATED -> 7;
      case VALID -> 6;
      case RAW -> 5;
      case DERIVED -> 4;
      case ESTIMATED_REFERENCE_DAY, ESTIMATED_LINEAR -> 3;
      case PROJECTED -> 2;
      case QUESTIONABLE -> 1;
    };
  }
}
