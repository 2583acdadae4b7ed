package dev.wattbeam.io.postgres;

import dev.wattbeam.model.DayRules;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.Membership;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.ReadingType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Reads and fills the meter directory in PostgreSQL: {@code meter_types}, {@code meters}, {@code
 * meter_channels}, {@code groups}, {@code memberships}.
 *
 * <p>Open ends of validity are {@code -infinity} and {@code infinity} there and {@link
 * Long#MIN_VALUE} and {@link Long#MAX_VALUE} here; 0 for "unknown" here is NULL there. Reset
 * windows are kept to the microsecond.
 */
public final class MeterDirectoryStore {
  private static final BigDecimal NANOS = BigDecimal.valueOf(Energy.NANOS);
  private static final int MULTIPLIER_SCALE = 6;
  private static final int BATCH = 1_000;

  private final PostgresConfig config;
  private final Retry retry;

  private MeterDirectoryStore(PostgresConfig config) {
    this.config = config;
    this.retry = new Retry(config, () -> {});
  }

  /** The directory in this database. */
  public static MeterDirectoryStore of(PostgresConfig config) {
    return new MeterDirectoryStore(config);
  }

  /**
   * Adds entries and replaces those that are there with the same key, in one transaction: a meter
   * type by its name; a meter's version, channels included, by name and start of validity; a group
   * by its name; a membership by child, parent and start of validity. Removes nothing else.
   *
   * @throws PostgresException when the database cannot be reached or refuses an entry
   * @throws IllegalArgumentException naming each two different types of one name
   */
  public void save(DirectoryEntries entries) {
    Map<Object, MeterType> types = typesOf(entries.meters());
    Map<Object, Meter> meters =
        byKey(entries.meters(), meter -> List.of(meter.name(), meter.validFromMillis()));
    Map<Object, Group> groups = byKey(entries.groups(), Group::name);
    Map<Object, Membership> memberships =
        byKey(
            entries.memberships(),
            m -> List.of(m.childIsMeter(), m.child(), m.parent(), m.validFromMillis()));
    retry.run(
        "writing the meter directory",
        () -> {
          try (Connection connection = PostgresDatabase.connect(config)) {
            connection.setAutoCommit(false);
            saveTypes(connection, types.values());
            saveMeters(connection, meters.values());
            saveChannels(connection, meters.values());
            saveGroups(connection, groups.values());
            saveMemberships(connection, memberships.values());
            connection.commit();
            return null;
          }
        });
  }

  private static Map<Object, MeterType> typesOf(List<Meter> meters) {
    Map<Object, MeterType> types = new LinkedHashMap<>();
    List<String> errors = new ArrayList<>();
    for (Meter meter : meters) {
      MeterType before = types.putIfAbsent(meter.type().name(), meter.type());
      if (before != null && !before.equals(meter.type())) {
        errors.add(
            "meter "
                + meter.name()
                + " has another meter type named "
                + before.name()
                + " than the meters before");
      }
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException("Meter directory: " + String.join("; ", errors));
    }
    return types;
  }

  /** The last entry of each key: one INSERT cannot change a row twice. */
  private static <T> Map<Object, T> byKey(List<T> entries, Function<T, Object> key) {
    Map<Object, T> map = new LinkedHashMap<>();
    entries.forEach(entry -> map.put(key.apply(entry), entry));
    return map;
  }

  private static void saveTypes(Connection connection, Collection<MeterType> types)
      throws SQLException {
    batch(
        connection,
        """
        INSERT INTO wattbeam.meter_types
          (name, max_power_kw, nominal_period_ms, register_modulus_kwh, reset_from, reset_to,
           reversible, spike_tolerance_percent, abrupt_factor, zero_run_intervals,
           frozen_readings, usage_factor, estimated_percent)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET
          (max_power_kw, nominal_period_ms, register_modulus_kwh, reset_from, reset_to,
           reversible, spike_tolerance_percent, abrupt_factor, zero_run_intervals,
           frozen_readings, usage_factor, estimated_percent) =
          (excluded.max_power_kw, excluded.nominal_period_ms, excluded.register_modulus_kwh,
           excluded.reset_from, excluded.reset_to, excluded.reversible,
           excluded.spike_tolerance_percent, excluded.abrupt_factor,
           excluded.zero_run_intervals, excluded.frozen_readings, excluded.usage_factor,
           excluded.estimated_percent)\
        """,
        types,
        (type, row) -> {
          row.setString(1, type.name());
          row.setBigDecimal(2, nanos(type.maxPower()));
          row.setObject(
              3, type.nominalPeriodMillis() == 0 ? null : type.nominalPeriodMillis(), Types.BIGINT);
          row.setBigDecimal(4, nanos(type.registerModulus()));
          row.setObject(5, micros(type.resetFrom()), Types.TIME);
          row.setObject(6, micros(type.resetTo()), Types.TIME);
          row.setBoolean(7, type.reversible());
          DayRules rules = type.rules();
          row.setInt(8, rules.spikeTolerance());
          row.setInt(9, rules.abruptFactor());
          row.setInt(10, rules.zeroRunIntervals());
          row.setInt(11, rules.frozenReadings());
          row.setInt(12, rules.usageFactor());
          row.setInt(13, rules.estimatedPercent());
        });
  }

  private static void saveMeters(Connection connection, Collection<Meter> meters)
      throws SQLException {
    batch(
        connection,
        """
        INSERT INTO wattbeam.meters (name, valid_from, valid_to, type, zone, multiplier)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (name, valid_from) DO UPDATE SET
          (valid_to, type, zone, multiplier) =
          (excluded.valid_to, excluded.type, excluded.zone, excluded.multiplier)\
        """,
        meters,
        (meter, row) -> {
          row.setString(1, meter.name());
          row.setObject(2, time(meter.validFromMillis()));
          row.setObject(3, time(meter.validToMillis()));
          row.setString(4, meter.type().name());
          row.setString(5, meter.zone().getId());
          row.setBigDecimal(6, BigDecimal.valueOf(meter.multiplier(), MULTIPLIER_SCALE));
        });
  }

  private static void saveChannels(Connection connection, Collection<Meter> meters)
      throws SQLException {
    batch(
        connection,
        "DELETE FROM wattbeam.meter_channels"
            + " WHERE meter = ? AND valid_from = ? AND channel <> ALL (?)",
        meters,
        (meter, row) -> {
          row.setString(1, meter.name());
          row.setObject(2, time(meter.validFromMillis()));
          row.setArray(3, connection.createArrayOf("text", meter.channels().keySet().toArray()));
        });
    record Channel(Meter meter, String name, ReadingType type) {}
    List<Channel> channels = new ArrayList<>();
    for (Meter meter : meters) {
      meter.channels().forEach((name, type) -> channels.add(new Channel(meter, name, type)));
    }
    batch(
        connection,
        """
        INSERT INTO wattbeam.meter_channels (meter, valid_from, channel, reading_type)
        VALUES (?, ?, ?, ?)
        ON CONFLICT (meter, valid_from, channel) DO UPDATE SET
          reading_type = excluded.reading_type\
        """,
        channels,
        (channel, row) -> {
          row.setString(1, channel.meter().name());
          row.setObject(2, time(channel.meter().validFromMillis()));
          row.setString(3, channel.name());
          row.setString(4, channel.type().code());
        });
  }

  private static void saveGroups(Connection connection, Collection<Group> groups)
      throws SQLException {
    batch(
        connection,
        """
        INSERT INTO wattbeam.groups (name, kind, zone) VALUES (?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET (kind, zone) = (excluded.kind, excluded.zone)\
        """,
        groups,
        (group, row) -> {
          row.setString(1, group.name());
          row.setString(2, group.kind());
          row.setString(3, group.zone().getId());
        });
  }

  private static void saveMemberships(Connection connection, Collection<Membership> memberships)
      throws SQLException {
    batch(
        connection,
        """
        INSERT INTO wattbeam.memberships (child_kind, child, parent, valid_from, valid_to)
        VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (child_kind, child, parent, valid_from) DO UPDATE SET
          valid_to = excluded.valid_to\
        """,
        memberships,
        (membership, row) -> {
          row.setString(1, membership.childIsMeter() ? "meter" : "group");
          row.setString(2, membership.child());
          row.setString(3, membership.parent());
          row.setObject(4, time(membership.validFromMillis()));
          row.setObject(5, time(membership.validToMillis()));
        });
  }

  @FunctionalInterface
  private interface Binder<T> {
    void bind(T entry, PreparedStatement row) throws SQLException;
  }

  private static <T> void batch(
      Connection connection, String sql, Collection<T> entries, Binder<T> binder)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int waiting = 0;
      for (T entry : entries) {
        binder.bind(entry, statement);
        statement.addBatch();
        waiting++;
        if (waiting == BATCH) {
          statement.executeBatch();
          waiting = 0;
        }
      }
      if (waiting > 0) {
        statement.executeBatch();
      }
    }
  }

  /**
   * All entries, as of one moment.
   *
   * @throws PostgresException when the database cannot be reached, or holds an entry that means
   *     nothing (such as an unknown time zone), naming each
   */
  public DirectoryEntries load() {
    List<String> errors = new ArrayList<>();
    DirectoryEntries entries =
        retry.run(
            "reading the meter directory",
            () -> {
              errors.clear();
              try (Connection connection = PostgresDatabase.connect(config)) {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                connection.setReadOnly(true);
                connection.setAutoCommit(false);
                Map<String, MeterType> types = loadTypes(connection);
                return new DirectoryEntries(
                    loadMeters(connection, types, errors),
                    loadGroups(connection, errors),
                    loadMemberships(connection));
              }
            });
    if (!errors.isEmpty()) {
      throw new PostgresException(
          "Meter directory in PostgreSQL at " + config.place() + ": " + String.join("; ", errors));
    }
    return entries;
  }

  private static Map<String, MeterType> loadTypes(Connection connection) throws SQLException {
    Map<String, MeterType> types = new HashMap<>();
    query(
        connection,
        "SELECT * FROM wattbeam.meter_types",
        row -> {
          String name = row.getString("name");
          types.put(
              name,
              new MeterType(
                  name,
                  nanos(row.getBigDecimal("max_power_kw")),
                  row.getLong("nominal_period_ms"),
                  nanos(row.getBigDecimal("register_modulus_kwh")),
                  row.getObject("reset_from", LocalTime.class),
                  row.getObject("reset_to", LocalTime.class),
                  row.getBoolean("reversible"),
                  new DayRules(
                      row.getInt("spike_tolerance_percent"),
                      row.getInt("abrupt_factor"),
                      row.getInt("zero_run_intervals"),
                      row.getInt("frozen_readings"),
                      row.getInt("usage_factor"),
                      row.getInt("estimated_percent"))));
        });
    return types;
  }

  private static List<Meter> loadMeters(
      Connection connection, Map<String, MeterType> types, List<String> errors)
      throws SQLException {
    Map<Object, Map<String, ReadingType>> channels = new HashMap<>();
    query(
        connection,
        "SELECT meter, valid_from, channel, reading_type FROM wattbeam.meter_channels",
        row ->
            channels
                .computeIfAbsent(
                    List.of(row.getString(1), millis(row, 2)), version -> new HashMap<>())
                .put(row.getString(3), ReadingType.ofCode(row.getString(4))));
    List<Meter> meters = new ArrayList<>();
    query(
        connection,
        "SELECT name, valid_from, valid_to, type, zone, multiplier FROM wattbeam.meters"
            + " ORDER BY name, valid_from",
        row -> {
          String name = row.getString(1);
          long validFrom = millis(row, 2);
          ZoneId zone = zone(row.getString(5), "meter " + name, errors);
          meters.add(
              new Meter(
                  name,
                  types.get(row.getString(4)),
                  zone,
                  channels.getOrDefault(List.of(name, validFrom), Map.of()),
                  row.getBigDecimal(6).movePointRight(MULTIPLIER_SCALE).longValueExact(),
                  validFrom,
                  millis(row, 3)));
        });
    return meters;
  }

  private static List<Group> loadGroups(Connection connection, List<String> errors)
      throws SQLException {
    List<Group> groups = new ArrayList<>();
    query(
        connection,
        "SELECT name, kind, zone FROM wattbeam.groups ORDER BY name",
        row -> {
          String name = row.getString(1);
          groups.add(
              new Group(name, row.getString(2), zone(row.getString(3), "group " + name, errors)));
        });
    return groups;
  }

  private static List<Membership> loadMemberships(Connection connection) throws SQLException {
    List<Membership> memberships = new ArrayList<>();
    query(
        connection,
        "SELECT child_kind = 'meter', child, parent, valid_from, valid_to"
            + " FROM wattbeam.memberships ORDER BY child_kind, child, parent, valid_from",
        row ->
            memberships.add(
                new Membership(
                    row.getBoolean(1),
                    row.getString(2),
                    row.getString(3),
                    millis(row, 4),
                    millis(row, 5))));
    return memberships;
  }

  @FunctionalInterface
  private interface RowReader {
    void read(ResultSet row) throws SQLException;
  }

  private static void query(Connection connection, String sql, RowReader reader)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(10_000);
      try (ResultSet rows = statement.executeQuery(sql)) {
        while (rows.next()) {
          reader.read(rows);
        }
      }
    }
  }

  private static ZoneId zone(String text, String owner, List<String> errors) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      errors.add(
          owner + " has the unknown time zone " + text + ": use a name such as Europe/Paris");
      return ZoneOffset.UTC;
    }
  }

  /** Billionths as a decimal; NULL for 0, which says "unknown". */
  private static BigDecimal nanos(long nanos) {
    return nanos == 0 ? null : BigDecimal.valueOf(nanos, 9);
  }

  private static long nanos(BigDecimal units) {
    return units == null
        ? 0
        : units.multiply(NANOS).setScale(0, RoundingMode.UNNECESSARY).longValueExact();
  }

  private static LocalTime micros(LocalTime time) {
    return time == null ? null : time.truncatedTo(ChronoUnit.MICROS);
  }

  /** The driver turns its extreme values into -infinity and infinity. */
  private static OffsetDateTime time(long millis) {
    if (millis == Long.MIN_VALUE) {
      return OffsetDateTime.MIN;
    }
    if (millis == Long.MAX_VALUE) {
      return OffsetDateTime.MAX;
    }
    return Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
  }

  private static long millis(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    if (time.equals(OffsetDateTime.MIN)) {
      return Long.MIN_VALUE;
    }
    return time.equals(OffsetDateTime.MAX) ? Long.MAX_VALUE : time.toInstant().toEpochMilli();
  }
}
