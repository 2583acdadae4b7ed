package dev.wattbeam.io.files;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Local times of a file to moments. In the hour that the autumn clock change repeats, the order of
 * the file decides: the rows of one meter follow each other, upwards or downwards in time, so the
 * second occurrence of a local time is the one with the later (downwards: the earlier) offset. Not
 * thread-safe.
 */
final class LocalTimes {
  /** The clock change leaves this local time out. */
  static final long NONEXISTENT = Long.MIN_VALUE;

  private final ZoneRules rules;
  private final long periodMillis;
  private final Map<String, Order> orders = new HashMap<>();
  private String lastMeter;
  private Order lastOrder;

  // The stretch of local time around the last answer in which one offset holds.
  private long from = Long.MAX_VALUE;
  private long to = Long.MIN_VALUE;
  private long offsetMillis;

  /**
   * @param periodMillis distance of two rows of one meter, or 0 when unknown
   */
  LocalTimes(ZoneId zone, long periodMillis) {
    this.rules = zone.getRules();
    this.periodMillis = periodMillis;
    if (rules.isFixedOffset()) {
      from = Long.MIN_VALUE;
      to = Long.MAX_VALUE;
      offsetMillis = rules.getOffset(Instant.EPOCH).getTotalSeconds() * 1000L;
    }
  }

  /**
   * The moment of a local time (milliseconds as if it were UTC) of a meter's row, epoch
   * milliseconds; or {@link #NONEXISTENT}.
   */
  long resolve(String meter, long local) {
    if (rules.isFixedOffset()) {
      return local - offsetMillis;
    }
    Order order = orderOf(meter);
    long instant;
    if (local >= from && local < to) {
      instant = local - offsetMillis;
    } else {
      LocalDateTime time = dateTime(local);
      List<ZoneOffset> offsets = rules.getValidOffsets(time);
      if (offsets.isEmpty()) {
        return NONEXISTENT;
      }
      if (offsets.size() == 1) {
        remember(local, offsets.get(0));
        instant = local - offsetMillis;
      } else {
        instant =
            order.choose(local, local - millis(offsets.get(0)), local - millis(offsets.get(1)));
      }
    }
    order.saw(local, instant);
    return instant;
  }

  /** The moment of the end of a span that starts at a known moment: the first one after it. */
  long resolveEnd(long start, long local) {
    LocalDateTime time = dateTime(local);
    List<ZoneOffset> offsets = rules.getValidOffsets(time);
    if (offsets.isEmpty()) {
      return NONEXISTENT;
    }
    long early = local - millis(offsets.get(0));
    return early > start || offsets.size() == 1 ? early : local - millis(offsets.get(1));
  }

  private Order orderOf(String meter) {
    if (!meter.equals(lastMeter)) {
      lastOrder = orders.computeIfAbsent(meter, name -> new Order(periodMillis));
      lastMeter = meter;
    }
    return lastOrder;
  }

  private void remember(long local, ZoneOffset offset) {
    offsetMillis = millis(offset);
    Instant instant = Instant.ofEpochMilli(local - offsetMillis);
    // A transition at this very moment counts as before it.
    ZoneOffsetTransition before = rules.previousTransition(instant.plusMillis(1));
    ZoneOffsetTransition after = rules.nextTransition(instant);
    from = before == null ? Long.MIN_VALUE : later(before);
    to = after == null ? Long.MAX_VALUE : earlier(after);
  }

  private static long later(ZoneOffsetTransition transition) {
    return Math.max(asUtc(transition.getDateTimeBefore()), asUtc(transition.getDateTimeAfter()));
  }

  private static long earlier(ZoneOffsetTransition transition) {
    return Math.min(asUtc(transition.getDateTimeBefore()), asUtc(transition.getDateTimeAfter()));
  }

  private static long asUtc(LocalDateTime time) {
    return time.toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  private static LocalDateTime dateTime(long local) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(local, 1000L), (int) Math.floorMod(local, 1000L) * 1_000_000, ZoneOffset.UTC);
  }

  private static long millis(ZoneOffset offset) {
    return offset.getTotalSeconds() * 1000L;
  }

  /** How the rows of one meter follow each other. */
  private static final class Order {
    private boolean started;
    private long lastLocal;
    private long lastInstant;
    private long step;
    private long up;
    private long down;

    Order(long periodMillis) {
      step = periodMillis;
    }

    long choose(long local, long early, long late) {
      if (!started) {
        return early;
      }
      boolean upwards = up >= down;
      long first = upwards ? early : late;
      long second = upwards ? late : early;
      if (local == lastLocal) {
        // Twice in a row: hourly rows repeat the hour that way, denser ones are copies.
        return lastInstant == first && 2 * step > late - early ? second : lastInstant;
      }
      boolean firstAhead = upwards ? first > lastInstant : first < lastInstant;
      boolean secondAhead = upwards ? second > lastInstant : second < lastInstant;
      if (firstAhead) {
        // Sparse rows may leave out one of the two: the usual step tells which.
        long usual = Math.abs(lastInstant - first);
        long longer = Math.abs(lastInstant - second);
        return step > 0 && Math.abs(longer - step) < Math.abs(usual - step) ? second : first;
      }
      return secondAhead ? second : early;
    }

    void saw(long local, long instant) {
      if (started && instant != lastInstant) {
        if (instant > lastInstant) {
          up++;
        } else {
          down++;
        }
        long distance = Math.abs(instant - lastInstant);
        // The smallest, since rows are missing more often than there are too many.
        step = step == 0 ? distance : Math.min(step, distance);
      }
      started = true;
      lastLocal = local;
      lastInstant = instant;
    }
  }
}
