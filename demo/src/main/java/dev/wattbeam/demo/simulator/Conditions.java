package dev.wattbeam.demo.simulator;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Arrays;

/**
 * What all sites have in common at a moment: local clock, sun and temperature. Computed once a
 * minute and remembered, since every meter asks for the same minutes. Not thread-safe.
 */
final class Conditions {
  private static final int REMEMBERED = 256;
  private static final double LATITUDE = Math.toRadians(48.8);
  private static final double DAYS_PER_YEAR = 365.2425;

  private final long seed;
  private final ZoneRules rules;
  private final double longitudeHours;
  private final long[] minutes = new long[REMEMBERED];
  private final float[] sun = new float[REMEMBERED];
  private final float[] temperature = new float[REMEMBERED];
  private final short[] minuteOfDay = new short[REMEMBERED];
  private final boolean[] weekend = new boolean[REMEMBERED];
  private long offsetFrom = 1;
  private long offsetTo;
  private int offsetMillis;

  Conditions(long seed, ZoneId zone, Instant start) {
    this.seed = seed;
    this.rules = zone.getRules();
    this.longitudeHours = rules.getStandardOffset(start).getTotalSeconds() / 3600.0;
    Arrays.fill(minutes, Long.MIN_VALUE);
  }

  /** Where the minute of a moment is remembered: what the other methods take. */
  int slot(long millis) {
    long minute = Math.floorDiv(millis, 60_000L);
    int slot = (int) (minute & (REMEMBERED - 1));
    if (minutes[slot] != minute) {
      compute(slot, minute);
    }
    return slot;
  }

  /** Output of a photovoltaic system over its peak, 0 to 1, clouds included. */
  float sun(int slot) {
    return sun[slot];
  }

  /** Degrees Celsius. */
  float temperature(int slot) {
    return temperature[slot];
  }

  /** Minute of the local day, 0 to 1439. */
  int minuteOfDay(int slot) {
    return minuteOfDay[slot];
  }

  boolean weekend(int slot) {
    return weekend[slot];
  }

  /** Offset of the local clock from UTC, milliseconds. */
  int offsetMillis(long millis) {
    if (millis < offsetFrom || millis >= offsetTo) {
      Instant time = Instant.ofEpochMilli(millis);
      offsetMillis = rules.getOffset(time).getTotalSeconds() * 1000;
      ZoneOffsetTransition next = rules.nextTransition(time);
      offsetFrom = millis;
      offsetTo = next == null ? Long.MAX_VALUE : next.toEpochSecond() * 1000;
    }
    return offsetMillis;
  }

  /** Whether the local clock shows this moment's time twice. */
  boolean isAmbiguous(long millis) {
    Instant time = Instant.ofEpochMilli(millis);
    return rules.getValidOffsets(time.atOffset(rules.getOffset(time)).toLocalDateTime()).size() > 1;
  }

  private void compute(int slot, long minute) {
    long millis = minute * 60_000L;
    long localMinute = minute + offsetMillis(millis) / 60_000;
    long localDay = Math.floorDiv(localMinute, 1440L);
    minutes[slot] = minute;
    minuteOfDay[slot] = (short) Math.floorMod(localMinute, 1440L);
    // Day 0 was a Thursday.
    weekend[slot] = Math.floorMod(localDay + 3, 7L) >= 5;

    double yearAngle = 2 * Math.PI * (minute / 1440.0 % DAYS_PER_YEAR) / DAYS_PER_YEAR;
    double solarHour = Math.floorMod(minute, 1440L) / 60.0 + longitudeHours;
    double declination = Math.toRadians(-23.44) * Math.cos(yearAngle + 0.17);
    double elevation =
        Math.sin(LATITUDE) * Math.sin(declination)
            + Math.cos(LATITUDE)
                * Math.cos(declination)
                * Math.cos(Math.toRadians(15) * (solarHour - 12));
    sun[slot] = (float) (Math.max(0, elevation) * (1 - 0.8 * clouds(minute)));
    double ofDay = 4 * Math.cos(Math.toRadians(15) * (solarHour - 15));
    double weather = 8 * (smooth(minute, 2880, 7) - 0.5);
    temperature[slot] = (float) (11.5 - 8.5 * Math.cos(yearAngle - 0.3) + ofDay + weather);
  }

  private double clouds(long minute) {
    double cover = smooth(minute, 480, 1) * (0.5 + smooth(minute, 20, 2));
    return Math.min(1, cover);
  }

  /** A random curve from 0 to 1 that takes so many minutes from one level to the next. */
  private double smooth(long minute, int period, int stream) {
    long step = Math.floorDiv(minute, (long) period);
    double part = Math.floorMod(minute, (long) period) / (double) period;
    double before = Rng.hash(seed ^ (step * 31 + stream));
    double after = Rng.hash(seed ^ ((step + 1) * 31 + stream));
    return before + (after - before) * part * part * (3 - 2 * part);
  }
}
