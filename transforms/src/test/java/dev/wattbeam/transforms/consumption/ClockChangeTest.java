package dev.wattbeam.transforms.consumption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Membership;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.oracle.SequentialModel.RowKey;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Days of 23 and 25 hours, and the months they lie in. */
class ClockChangeTest {
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long QUARTER = HOUR / 4;

  /** A hundredth of a kWh, so that every reading is a short decimal. */
  private static final long UNIT = Energy.MJ_PER_KWH / 100;

  private static final int DAYS_AROUND = 6;
  private static final String GROUP = "street";

  /** Hundredths of a kWh used in a quarter of an hour. */
  private static long used(long start) {
    return start / QUARTER % 11 + 1;
  }

  private static long usedMj(long from, long to) {
    long sum = 0;
    for (long start = from; start < to; start += QUARTER) {
      sum += used(start) * UNIT;
    }
    return sum;
  }

  private static long nanos(long hundredths) {
    return hundredths * Energy.NANOS / 100;
  }

  /** The same use, read as power and as energy each 15 minutes and as a counter each hour. */
  private static List<Reading> readings(long from, long to) {
    List<Reading> readings = new ArrayList<>();
    long counter = 0;
    readings.add(Reading.of("register", "import", ReadingType.REGISTER, from, nanos(counter), 0));
    for (long start = from; start < to; start += QUARTER) {
      long end = start + QUARTER;
      long used = used(start);
      counter += used;
      readings.add(Reading.of("power", "import", ReadingType.POWER, end, nanos(4 * used), QUARTER));
      readings.add(
          Reading.of("interval", "import", ReadingType.INTERVAL, end, nanos(used), QUARTER));
      if (end % HOUR == 0) {
        readings.add(
            Reading.of("register", "import", ReadingType.REGISTER, end, nanos(counter), 0));
      }
    }
    return readings;
  }

  private static MeterDirectory directory(ZoneId zone) {
    MeterType type = MeterType.generic("any");
    List<Meter> meters = new ArrayList<>();
    List<Membership> memberships = new ArrayList<>();
    for (ReadingType reads : ReadingType.values()) {
      meters.add(Meter.of(reads.code(), type, zone, Map.of("import", reads)));
      memberships.add(Membership.ofMeter(reads.code(), GROUP));
    }
    return new MeterDirectory(meters, List.of(new Group(GROUP, "site", zone)), memberships);
  }

  @Test
  void whatAnAttemptLeftInStateIsHandedOutAgain() {
    ZoneId zone = ZoneId.of("Europe/Paris");
    LocalDate day = LocalDate.of(2024, 3, 5);
    List<Reading> readings = readings(midnight(day, zone), midnight(day.plusDays(1), zone));
    InMemory engines = new InMemory(directory(zone), Long.MAX_VALUE);
    engines.add(readings);
    engines.flush();
    SortedMap<RowKey, ConsumptionRow> rows = new TreeMap<>(engines.table);
    assertThat(rows).isNotEmpty();

    engines.table.clear();
    engines.add(readings);
    engines.flush();
    assertThat(engines.table).isEmpty();

    engines.add(readings);
    engines.flushAgain();
    assertThat(engines.table).isEqualTo(rows);
  }

  @ParameterizedTest
  @CsvSource({
    "Europe/Paris,    2024-03-31, 23, 743",
    "Europe/Paris,    2024-10-27, 25, 745",
    "America/Chicago, 2024-03-10, 23, 743",
    "America/Chicago, 2024-11-03, 25, 721",
    "Europe/Paris,    2024-02-29, 24, 696"
  })
  void hoursDaysAndMonthsAreTheLocalOnes(ZoneId zone, LocalDate day, int hours, int monthHours) {
    long from = midnight(day.minusDays(DAYS_AROUND), zone);
    long to = midnight(day.plusDays(DAYS_AROUND), zone);
    InMemory engines = new InMemory(directory(zone), Long.MAX_VALUE);
    engines.add(readings(from, to));
    engines.flush();

    for (ReadingType reads : ReadingType.values()) {
      String meter = reads.code();
      long start = midnight(day, zone);
      long end = midnight(day.plusDays(1), zone);
      assertThat(end - start).isEqualTo(hours * HOUR);
      check(engines, OwnerKind.METER, meter, Level.DAY, start, end, end - start, 1);
      for (LocalDate other = day.minusDays(DAYS_AROUND);
          other.isBefore(day.plusDays(DAYS_AROUND));
          other = other.plusDays(1)) {
        long s = midnight(other, zone);
        long e = midnight(other.plusDays(1), zone);
        check(engines, OwnerKind.METER, meter, Level.DAY, s, e, e - s, 1);
        check(engines, OwnerKind.GROUP, GROUP, Level.DAY, s, e, e - s, 3);
      }
      for (long hour = start; hour < end; hour += HOUR) {
        check(engines, OwnerKind.METER, meter, Level.HOUR, hour, hour + HOUR, HOUR, 1);
      }
      assertThat(count(engines, meter, Level.HOUR, start, end)).isEqualTo(hours);
      assertThat(count(engines, meter, Level.INTERVAL, start, end)).isEqualTo(4L * hours);
      assertThat(count(engines, meter, Level.DAY, from, to)).isEqualTo(2L * DAYS_AROUND);

      YearMonth month = YearMonth.from(day);
      long monthStart = midnight(month.atDay(1), zone);
      long monthEnd = midnight(month.plusMonths(1).atDay(1), zone);
      assertThat(monthEnd - monthStart).isEqualTo(monthHours * HOUR);
      long read = Math.min(to, monthEnd) - Math.max(from, monthStart);
      check(engines, OwnerKind.METER, meter, Level.MONTH, monthStart, monthEnd, read, 1);
      check(engines, OwnerKind.GROUP, GROUP, Level.MONTH, monthStart, monthEnd, read, 3);
    }
    long total =
        engines.table.values().stream()
            .filter(row -> row.ownerKind() == OwnerKind.GROUP && row.level() == Level.MONTH)
            .mapToLong(row -> row.consumption().energyMj())
            .sum();
    assertThat(total).isEqualTo(3 * usedMj(from, to));
  }

  /** The row of a period: its ends, how much of it is covered, and what was used in that time. */
  private static void check(
      InMemory engines,
      OwnerKind kind,
      String owner,
      Level level,
      long start,
      long end,
      long covered,
      int members) {
    ConsumptionRow row = engines.table.get(new RowKey(kind, owner, "import", level, start));
    assertThat(row).as("%s %s at %s", owner, level, Instant.ofEpochMilli(start)).isNotNull();
    assertThat(row.endMillis()).isEqualTo(end);
    assertThat(row.consumption().expectedMillis()).isEqualTo(members * (end - start));
    assertThat(row.consumption().coveredMillis()).isEqualTo(members * covered);
    assertThat(row.consumption().coverage()).isEqualTo((double) covered / (end - start));
    long from = Math.max(start, firstRead(engines));
    assertThat(row.consumption().energyMj()).isEqualTo(members * usedMj(from, from + covered));
  }

  private static long firstRead(InMemory engines) {
    return engines.table.values().stream()
        .filter(row -> row.level() == Level.INTERVAL && row.consumption().known())
        .mapToLong(ConsumptionRow::startMillis)
        .min()
        .orElseThrow();
  }

  private static long count(InMemory engines, String meter, Level level, long from, long to) {
    return engines.table.values().stream()
        .filter(row -> row.owner().equals(meter) && row.level() == level)
        .filter(row -> row.startMillis() >= from && row.startMillis() < to)
        .count();
  }

  private static long midnight(LocalDate day, ZoneId zone) {
    return day.atStartOfDay(zone).toInstant().toEpochMilli();
  }
}
