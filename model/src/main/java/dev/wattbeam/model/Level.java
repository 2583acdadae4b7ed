package dev.wattbeam.model;

/** Length of the period that a consumption row is about. */
public enum Level {
  /** 15 minutes, aligned to the hour in UTC (and so in every time zone in use). */
  INTERVAL("interval"),
  /** One hour of the meter's local clock. */
  HOUR("hour"),
  /** One local calendar day: 23, 24 or 25 hours. */
  DAY("day"),
  /** One local calendar month. */
  MONTH("month");

  private final String code;

  Level(String code) {
    this.code = code;
  }

  /** The name in tables and exports. */
  public String code() {
    return code;
  }
}
