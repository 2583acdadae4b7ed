package dev.wattbeam.demo.simulator;

/**
 * What one site uses and makes, in watts: base load, refrigeration, appliances that people switch
 * on, heating, opening hours, photovoltaics. Not thread-safe.
 */
final class Load {
  /** How active people are, per hour of a working day and of a day off, per cent. */
  private static final byte[] WORKING_DAY = {
    4, 2, 1, 1, 2, 8, 30, 55, 40, 18, 14, 20, 38, 25, 15, 15, 22, 45, 75, 100, 90, 65, 35, 12
  };

  private static final byte[] DAY_OFF = {
    8, 4, 2, 1, 1, 3, 8, 22, 48, 65, 60, 62, 80, 62, 42, 38, 42, 55, 78, 95, 88, 68, 42, 20
  };

  /** Watts and minutes of what people switch on. */
  private static final int[][] APPLIANCES = {
    {2000, 3}, {1100, 6}, {120, 110}, {1600, 28}, {2100, 45}, {900, 75}, {700, 60}, {60, 180}
  };

  private static final int RUNNING = 4;

  private final Rng random;
  private final boolean shop;
  private final int limitWatts;
  private final int baseWatts;
  private final int coldWatts;
  private final int coldPeriodSeconds;
  private final int coldPhase;
  private final int heatWattsPerDegree;
  private final int heatPhase;
  private final int opensMinute;
  private final int closesMinute;
  private final int openWatts;
  private final int solarPeakWatts;
  private final double appliancesPerHour;
  private final long[] runsUntil = new long[RUNNING];
  private final int[] runningWatts = new int[RUNNING];

  Load(Rng random, boolean shop, boolean solar, int limitWatts) {
    this.random = random;
    this.shop = shop;
    this.limitWatts = limitWatts;
    int scale = shop ? 6 : 1;
    baseWatts = scale * (60 + random.nextInt(190));
    coldWatts = scale * (70 + random.nextInt(60));
    coldPeriodSeconds = 1800 + random.nextInt(1800);
    coldPhase = random.nextInt(coldPeriodSeconds);
    // Two of five homes heat with electricity.
    boolean heats = shop || random.nextInt(5) < 2;
    heatWattsPerDegree = heats ? scale * (40 + random.nextInt(90)) : 0;
    heatPhase = random.nextInt(600);
    opensMinute = 7 * 60 + 30 * random.nextInt(6);
    closesMinute = 18 * 60 + 30 * random.nextInt(5);
    openWatts = 1500 + random.nextInt(9000);
    solarPeakWatts = solar ? 2500 + random.nextInt(6500) : 0;
    appliancesPerHour = 1.5 + 2.5 * random.nextDouble();
  }

  /** Use minus what is made at home, watts, for the step that ends at this moment. */
  int netWatts(long millis, int stepSeconds, Conditions conditions, int slot) {
    long second = millis / 1000;
    int watts = baseWatts;
    if ((second + coldPhase) % coldPeriodSeconds < coldPeriodSeconds * 2L / 5) {
      watts += coldWatts;
    }
    watts +=
        shop ? shopWatts(conditions, slot) : peopleWatts(second, stepSeconds, conditions, slot);
    watts += heatWatts(second, conditions.temperature(slot));
    // Noise of a few per cent, so that equal values in a row are rare.
    watts += (int) ((random.nextLong() >>> 40) % (watts / 16 + 1));
    watts = Math.min(watts, limitWatts);
    return solarPeakWatts == 0
        ? watts
        : watts - Math.min(limitWatts, (int) (solarPeakWatts * conditions.sun(slot)));
  }

  private int shopWatts(Conditions conditions, int slot) {
    int minute = conditions.minuteOfDay(slot);
    boolean open = !conditions.weekend(slot) && minute >= opensMinute && minute < closesMinute;
    return open ? openWatts : 0;
  }

  private int peopleWatts(long second, int stepSeconds, Conditions conditions, int slot) {
    byte[] activity = conditions.weekend(slot) ? DAY_OFF : WORKING_DAY;
    double starts =
        appliancesPerHour * activity[conditions.minuteOfDay(slot) / 60] * stepSeconds / 360_000.0;
    boolean start = random.nextDouble() < starts;
    int watts = 0;
    for (int i = 0; i < RUNNING; i++) {
      if (runsUntil[i] > second) {
        watts += runningWatts[i];
      } else if (start) {
        int[] appliance = APPLIANCES[random.nextInt(APPLIANCES.length)];
        runningWatts[i] = appliance[0];
        runsUntil[i] = second + appliance[1] * (30L + random.nextInt(60));
        watts += runningWatts[i];
        start = false;
      }
    }
    return watts;
  }

  /** A thermostat that is on for as much of ten minutes as the cold outside needs. */
  private int heatWatts(long second, float temperature) {
    if (heatWattsPerDegree == 0 || temperature >= 16) {
      return 0;
    }
    int full = heatWattsPerDegree * 24;
    float need = Math.min(1, (16 - temperature) / 24);
    return (second + heatPhase) % 600 < need * 600 ? full : 0;
  }
}
