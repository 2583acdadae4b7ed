package dev.wattbeam.model;

/** What a value of the grid says about its time. */
public enum GridKind {
  /** What was measured, computed afterwards, or settled, such as a price. */
  ACTUAL("actual"),
  /** The newest forecast that was published before. */
  FORECAST("forecast"),
  /** The forecast of the day before. */
  FORECAST_DAY_AHEAD("forecast-day-ahead");

  private final String code;

  GridKind(String code) {
    this.code = code;
  }

  /** The name on the wire and in tables. */
  public String code() {
    return code;
  }

  /** The kind with this wire name, or null when there is none. */
  public static GridKind ofCode(String code) {
    for (GridKind kind : values()) {
      if (kind.code.equals(code)) {
        return kind;
      }
    }
    return null;
  }
}
