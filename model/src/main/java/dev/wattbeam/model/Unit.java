package dev.wattbeam.model;

/**
 * The units a reading may be sent in. Inside WattBeam, power is in nano-kW and energy in nano-kWh.
 */
public enum Unit {
  W("W", false, -3),
  KW("kW", false, 0),
  MW("MW", false, 3),
  WH("Wh", true, -3),
  KWH("kWh", true, 0),
  MWH("MWh", true, 3);

  private final String symbol;
  private final boolean energy;
  private final int exponent;

  Unit(String symbol, boolean energy, int exponent) {
    this.symbol = symbol;
    this.energy = energy;
    this.exponent = exponent;
  }

  /** The symbol on the wire; case matters, since mW and MW are different things. */
  public String symbol() {
    return symbol;
  }

  /** Power of ten that turns a value in this unit into kW or kWh. */
  public int exponent() {
    return exponent;
  }

  /** Whether a reading of this type can be in this unit. */
  public boolean fits(ReadingType type) {
    return energy == (type != ReadingType.POWER);
  }

  /** The unit with this symbol, or null when there is none. */
  public static Unit ofSymbol(String symbol) {
    for (Unit unit : values()) {
      if (unit.symbol.equals(symbol)) {
        return unit;
      }
    }
    return null;
  }
}
