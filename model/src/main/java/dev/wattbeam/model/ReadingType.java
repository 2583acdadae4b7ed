package dev.wattbeam.model;

/** What the value of a reading is. */
public enum ReadingType {
  /** Mean (or sampled) power over the span that ends at the reading's time, in kW. */
  POWER("power"),
  /** Energy used during the span that ends at the reading's time, in kWh. */
  INTERVAL("interval"),
  /** Ever-increasing counter read at the reading's time, in kWh. */
  REGISTER("register");

  private final String code;

  ReadingType(String code) {
    this.code = code;
  }

  /** The name on the wire and in tables. */
  public String code() {
    return code;
  }

  /** The unit of its values in tables. */
  public Unit unit() {
    return this == POWER ? Unit.KW : Unit.KWH;
  }

  /** The type with this wire name, or null when there is none. */
  public static ReadingType ofCode(String code) {
    for (ReadingType type : values()) {
      if (type.code.equals(code)) {
        return type;
      }
    }
    return null;
  }
}
