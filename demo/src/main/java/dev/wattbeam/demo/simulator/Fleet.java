package dev.wattbeam.demo.simulator;

import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.Membership;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.ReadingType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The directory of a simulated fleet: meters in buildings, buildings on feeders, feeders in
 * regions. When the period is longer than two days, the first building moves to another feeder in
 * the middle of it (after the first day when it has no end).
 *
 * @param types kinds of meters
 * @param meters all meters; channels {@code import} and, with photovoltaics, {@code export}
 * @param groups buildings (kind {@code site}), feeders and regions
 * @param memberships effective-dated
 */
public record Fleet(
    List<MeterType> types, List<Meter> meters, List<Group> groups, List<Membership> memberships) {
  static final int HOUSEHOLD_WATTS = 12_000;
  static final int SHOP_WATTS = 36_000;

  /** Where registers start again from zero, Wh. */
  static final long MODULUS_WH = 100_000_000L;

  private static final int METERS_PER_SITE = 4;
  private static final int SITES_PER_FEEDER = 5;
  private static final int FEEDERS_PER_REGION = 10;
  private static final double GOLDEN = 0.618033988749895;
  private static final int SHOP_MULTIPLIER = 40;

  public Fleet {
    types = List.copyOf(types);
    meters = List.copyOf(meters);
    groups = List.copyOf(groups);
    memberships = List.copyOf(memberships);
  }

  /** The same, to look things up. */
  public MeterDirectory toDirectory() {
    return new MeterDirectory(meters, groups, memberships);
  }

  /** Whether a meter of a fleet is a shop's. */
  static boolean isShop(Meter meter) {
    return meter.type().maxPower() == SHOP_WATTS * Energy.NANOS / 1000;
  }

  static Fleet of(SimulatorConfig config) {
    Map<String, MeterType> types = new LinkedHashMap<>();
    List<Meter> meters = new ArrayList<>();
    int count = config.households() + config.shops();
    for (int i = 0; i < count; i++) {
      meters.add(meter(i, config, types));
    }
    List<Group> groups = new ArrayList<>();
    List<Membership> memberships = new ArrayList<>();
    addHierarchy(config, count, groups, memberships);
    return new Fleet(new ArrayList<>(types.values()), meters, groups, memberships);
  }

  private static Meter meter(int i, SimulatorConfig config, Map<String, MeterType> types) {
    boolean shop = i >= config.households();
    // Multiples of the golden ratio keep the shares in any number of meters, even in a few.
    SimulatorConfig.Mix mix = config.mix();
    double place = (i + 1) * GOLDEN % 1 * mix.sum();
    ReadingType reads;
    int seconds;
    if (place < mix.power()) {
      reads = ReadingType.POWER;
      seconds = mix.powerSeconds();
    } else if (place < mix.power() + mix.interval()) {
      reads = ReadingType.INTERVAL;
      seconds = i % 2 == 0 ? 900 : 1800;
    } else {
      reads = ReadingType.REGISTER;
      boolean fast = place >= mix.power() + mix.interval() + mix.register();
      seconds = fast ? 10 : i % 2 == 0 ? 900 : 3600;
    }
    String period = seconds < 900 ? seconds + "s" : seconds / 60 + "min";
    String typeName = (shop ? "shop-" : "household-") + reads.code() + "-" + period;
    MeterType type =
        types.computeIfAbsent(
            typeName,
            name ->
                MeterType.generic(name)
                    .withMaxPower((shop ? SHOP_WATTS : HOUSEHOLD_WATTS) * Energy.NANOS / 1000)
                    .withNominalPeriod(seconds * 1000L)
                    .withRegisterModulus(
                        reads == ReadingType.REGISTER ? MODULUS_WH * Energy.NANOS / 1000 : 0));
    boolean solar = !shop && (i + 1) * GOLDEN * GOLDEN % 1 < config.solarShare();
    return new Meter(
        String.format(Locale.ROOT, "m%06d", i + 1),
        type,
        config.zone(),
        solar ? Map.of("import", reads, "export", reads) : Map.of("import", reads),
        shop && reads != ReadingType.REGISTER && i % 2 == 0
            ? SHOP_MULTIPLIER * Meter.MULTIPLIER_ONE
            : Meter.MULTIPLIER_ONE,
        Long.MIN_VALUE,
        Long.MAX_VALUE);
  }

  private static void addHierarchy(
      SimulatorConfig config, int meters, List<Group> groups, List<Membership> memberships) {
    int sites = (meters + METERS_PER_SITE - 1) / METERS_PER_SITE;
    // Two feeders at least, so that somebody can move.
    int sitesPerFeeder = Math.max(1, Math.min(SITES_PER_FEEDER, sites / 2));
    int feeders = (sites + sitesPerFeeder - 1) / sitesPerFeeder;
    int regions = (feeders + FEEDERS_PER_REGION - 1) / FEEDERS_PER_REGION;
    for (int i = 0; i < regions; i++) {
      groups.add(new Group(name("region", i), "region", config.zone()));
    }
    for (int i = 0; i < feeders; i++) {
      groups.add(new Group(name("feeder", i), "feeder", config.zone()));
      memberships.add(
          Membership.ofGroup(name("feeder", i), name("region", i / FEEDERS_PER_REGION)));
    }
    Instant move = move(config);
    for (int i = 0; i < sites; i++) {
      groups.add(new Group(name("site", i), "site", config.zone()));
      String feeder = name("feeder", i / sitesPerFeeder);
      if (i == 0 && move != null && feeders > 1) {
        long millis = move.toEpochMilli();
        memberships.add(new Membership(false, name("site", 0), feeder, Long.MIN_VALUE, millis));
        memberships.add(
            new Membership(false, name("site", 0), name("feeder", 1), millis, Long.MAX_VALUE));
      } else {
        memberships.add(Membership.ofGroup(name("site", i), feeder));
      }
    }
    for (int i = 0; i < meters; i++) {
      memberships.add(
          Membership.ofMeter(
              String.format(Locale.ROOT, "m%06d", i + 1), name("site", i / METERS_PER_SITE)));
    }
  }

  /** When the first building moves, or null. */
  private static Instant move(SimulatorConfig config) {
    if (config.end() == null) {
      return config.start().plus(Duration.ofDays(1));
    }
    long hours = Duration.between(config.start(), config.end()).toHours();
    return hours < 48 ? null : config.start().plus(Duration.ofHours(hours / 2));
  }

  private static String name(String kind, int i) {
    return String.format(Locale.ROOT, "%s-%04d", kind, i + 1);
  }
}
