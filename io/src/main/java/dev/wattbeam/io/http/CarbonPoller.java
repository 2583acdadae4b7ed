package dev.wattbeam.io.http;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.GridSignal;
import dev.wattbeam.model.GridValue;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Asks the Carbon Intensity API, and hands on what is new: each value once, and once more whenever
 * it is corrected. Each round asks for the last day and the next two; what is missing before (an
 * outage of the server, of the network, or of this program) is asked for again until it is there.
 * Not thread-safe.
 */
public final class CarbonPoller {
  private static final Duration STEP = Duration.ofMinutes(30);
  private static final Duration RECENT = Duration.ofHours(24);
  private static final Duration AHEAD = Duration.ofHours(48);

  /** The API gives at most two weeks at once. */
  private static final Duration LONGEST_REQUEST = Duration.ofDays(13);

  /** What the server itself lacks is not asked for with each round. */
  private static final Duration ASK_AGAIN = Duration.ofHours(1);

  private static final Duration FIRST_WAIT = Duration.ofSeconds(2);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  private final CarbonApi api;
  private final List<Feed> feeds;
  private final Duration every;
  private final Duration backfill;
  private final Clock clock;
  private final Output output;
  private final Backoff backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT);

  /** Takes what a request gave that is new. */
  public interface Output {
    /** Returns when the signals are safe; only then they count as known. */
    void send(List<GridSignal> signals) throws IOException;

    /** An entry of a reply that is not as expected. */
    void reject(DeadLetter letter) throws IOException;
  }

  /**
   * What a round did.
   *
   * @param values new or corrected values that were handed on
   * @param missing half-hours of the past that are still missing, over all feeds
   * @param failures one line for each request that failed
   * @param pause until the next round
   */
  public record Round(int values, int missing, List<String> failures, Duration pause) {}

  /** What is known of a feed: per half-hour the values, and when a missing one was asked for. */
  private static final class Feed {
    final CarbonFeed feed;
    final TreeMap<Long, Map<String, Known>> known = new TreeMap<>();
    final Map<Long, Instant> asked = new HashMap<>();

    Feed(CarbonFeed feed) {
      this.feed = feed;
    }

    boolean isSettled(long start) {
      return known.getOrDefault(start, Map.of()).values().stream()
          .anyMatch(value -> feed.settles(value.value()));
    }
  }

  private record Known(GridValue value, long knownMillis) {}

  /**
   * A poller that knows nothing yet.
   *
   * @param every time between two rounds without failure
   * @param backfill how far back a gap is filled
   */
  public CarbonPoller(
      CarbonApi api,
      List<CarbonFeed> feeds,
      Duration every,
      Duration backfill,
      Clock clock,
      Output output) {
    this.api = api;
    this.feeds = feeds.stream().map(Feed::new).toList();
    this.every = every;
    this.backfill = backfill;
    this.clock = clock;
    this.output = output;
  }

  /** Tells what was handed on before, by an earlier run. */
  public void remember(GridSignal signal) {
    if (!signal.source().equals(CarbonJson.SOURCE)) {
      return;
    }
    for (Feed feed : feeds) {
      if (feed.feed.area().equals(signal.area())) {
        remember(feed, signal);
      }
    }
  }

  private static void remember(Feed feed, GridSignal signal) {
    Map<String, Known> values =
        feed.known.computeIfAbsent(signal.startMillis(), start -> new HashMap<>());
    for (GridValue value : signal.values()) {
      values.merge(
          key(value),
          new Known(value, signal.knownMillis()),
          (before, now) -> now.knownMillis() >= before.knownMillis() ? now : before);
    }
  }

  private static String key(GridValue value) {
    return value.name() + " " + value.kind();
  }

  /**
   * Asks for everything that is due. A failed request is told in the result and tried again with a
   * later round.
   *
   * @throws IOException when the output fails
   */
  public Round poll() throws IOException, InterruptedException {
    Instant now = clock.instant();
    int values = 0;
    List<String> failures = new ArrayList<>();
    Duration asked = Duration.ZERO;
    boolean slowDown = false;
    for (Feed feed : feeds) {
      for (Map.Entry<Instant, Instant> window : windows(feed, now).entrySet()) {
        if (slowDown) {
          break;
        }
        try {
          values += ask(feed, window.getKey(), window.getValue(), now);
        } catch (HttpFailureException e) {
          failures.add(e.getMessage());
          asked = asked.compareTo(e.retryAfter()) >= 0 ? asked : e.retryAfter();
          slowDown = e.slowDown();
        }
      }
    }
    if (failures.isEmpty()) {
      backoff.success();
    }
    Duration pause = failures.isEmpty() ? every : backoff.afterFailure(asked);
    return new Round(values, missing(now), failures, pause);
  }

  /** Stretches to ask for, from and to, the newest first: it is what people wait for. */
  private Map<Instant, Instant> windows(Feed feed, Instant now) {
    Instant recent = floor(now.minus(RECENT));
    Map<Instant, Instant> windows = new LinkedHashMap<>();
    windows.put(recent, floor(now.plus(AHEAD)));
    Instant from = floor(now.minus(backfill));
    feed.known.headMap(from.minus(RECENT).toEpochMilli()).clear();
    feed.asked.keySet().removeIf(start -> start < from.toEpochMilli());
    Instant gap = null;
    for (Instant start = from; start.isBefore(recent); start = start.plus(STEP)) {
      if (!isDue(feed, start.toEpochMilli(), now)) {
        gap = null;
      } else if (gap == null || Duration.between(gap, start).compareTo(LONGEST_REQUEST) >= 0) {
        gap = start;
        windows.put(gap, start.plus(STEP));
      } else {
        windows.put(gap, start.plus(STEP));
      }
    }
    return windows;
  }

  private static boolean isDue(Feed feed, long start, Instant now) {
    Instant asked = feed.asked.get(start);
    return !feed.isSettled(start) && (asked == null || !asked.plus(ASK_AGAIN).isAfter(now));
  }

  private int ask(Feed feed, Instant from, Instant to, Instant now)
      throws HttpFailureException, IOException, InterruptedException {
    CarbonJson.Reply reply = api.fetch(feed.feed, from, to);
    for (DeadLetter letter : reply.rejected()) {
      output.reject(letter);
    }
    List<GridSignal> news = new ArrayList<>();
    int values = 0;
    for (GridSignal signal : reply.signals()) {
      List<GridValue> changed =
          signal.values().stream().filter(value -> isNew(feed, signal, value)).toList();
      if (!changed.isEmpty()) {
        values += changed.size();
        news.add(
            new GridSignal(
                signal.source(),
                signal.area(),
                signal.startMillis(),
                signal.endMillis(),
                signal.knownMillis(),
                signal.stage(),
                changed));
      }
    }
    if (!news.isEmpty()) {
      output.send(news);
      news.forEach(signal -> remember(feed, signal));
    }
    for (Instant start = from; start.isBefore(to); start = start.plus(STEP)) {
      feed.asked.put(start.toEpochMilli(), now);
    }
    return values;
  }

  private static boolean isNew(Feed feed, GridSignal signal, GridValue value) {
    Known before = feed.known.getOrDefault(signal.startMillis(), Map.of()).get(key(value));
    return before == null || !before.value().equals(value);
  }

  private int missing(Instant now) {
    int missing = 0;
    Instant end = floor(now.minus(STEP));
    for (Feed feed : feeds) {
      for (Instant t = floor(now.minus(backfill)); t.isBefore(end); t = t.plus(STEP)) {
        missing += feed.isSettled(t.toEpochMilli()) ? 0 : 1;
      }
    }
    return missing;
  }

  private static Instant floor(Instant time) {
    return Instant.ofEpochMilli(
        Math.floorDiv(time.toEpochMilli(), STEP.toMillis()) * STEP.toMillis());
  }
}
