package dev.wattbeam.model;

/** Units of grid values, each with the range outside of which a value cannot be meant. */
public enum GridUnit {
  G_CO2_PER_KWH("gCO2/kWh", 0, 2_000),
  /** Carbon index of Great Britain: 1 very low, 2 low, 3 moderate, 4 high, 5 very high. */
  BAND("band", 1, 5),
  MW("MW", -10_000_000, 10_000_000),
  PERCENT("percent", -100_000, 100_000),
  EUR_PER_MWH("EUR/MWh", -1_000_000, 1_000_000),
  GBP_PER_MWH("GBP/MWh", -1_000_000, 1_000_000);

  private static final long NANOS = 1_000_000_000L;

  private final String symbol;
  private final long lowest;
  private final long highest;

  GridUnit(String symbol, long lowest, long highest) {
    this.symbol = symbol;
    this.lowest = lowest;
    this.highest = highest;
  }

  /** The name on the wire and in tables. */
  public String symbol() {
    return symbol;
  }

  /** Lowest value that is accepted, in this unit. */
  public long lowest() {
    return lowest;
  }

  /** Highest value that is accepted, in this unit. */
  public long highest() {
    return highest;
  }

  /** Whether a value, in billionths of this unit, is within the range. */
  public boolean accepts(long nanos) {
    return nanos >= lowest * NANOS && nanos <= highest * NANOS;
  }

  /** The unit with this symbol, or null when there is none. */
  public static GridUnit ofSymbol(String symbol) {
    for (GridUnit unit : values()) {
      if (unit.symbol.equals(symbol)) {
        return unit;
      }
    }
    return null;
  }
}
